// Package moderationtest stands for WeChat's check of texts in tests of what leans on moderation.
package moderationtest

import (
	"context"
	"strings"

	"jinlin/service/wechat"
)

// Markers is a text check that goes by the sandbox's marker words.
type Markers struct{}

// CheckText passes what has none of them.
func (Markers) CheckText(_ context.Context, c wechat.TextCheck) wechat.Verdict {
	switch {
	case strings.Contains(c.Text, "【违规】"):
		return wechat.Verdict{Suggest: wechat.Risky}
	case strings.Contains(c.Text, "【复核】"):
		return wechat.Verdict{Suggest: wechat.Review}
	}
	return wechat.Verdict{Suggest: wechat.Pass}
}
