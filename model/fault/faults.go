package fault

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Faults that belong to no single capability.
var (
	ErrInternal = Define(Internal, "internal",
		"系统出了点问题，请稍后再试。", "Something went wrong on our side. Please try again later.")
	ErrInvalid = Define(Invalid, "invalid",
		"提交的内容有误，请检查后再试。", "The request is not valid.")
	ErrNotFound = Define(NotFound, "not_found",
		"没有找到，或您无权查看。", "Not found, or not yours to see.")
	ErrForbidden = Define(Forbidden, "forbidden",
		"您没有办理这项操作的权限。", "You may not do this.")
	ErrUnauthenticated = Define(Unauthenticated, "unauthenticated",
		"请先登录。", "Please sign in first.")
	ErrIllegalTransition = Define(Conflict, "illegal_transition",
		"当前状态不能进行这项操作。", "This step is not possible in the current state.")
	ErrInProgress = Define(Conflict, "in_progress",
		"同一操作正在处理，请稍后再试。", "The same operation is still running. Please try again shortly.")
	ErrKeyReused = Define(Mismatch, "idempotency_key_reused",
		"同一个幂等键被用于不同的内容。", "This idempotency key was used for a different request.")
	ErrChangedMeanwhile = Define(Stale, "changed_meanwhile",
		"内容已被他人修改，请刷新后再试。", "Somebody changed it meanwhile. Please reload.")
	ErrContentRefused = Define(Invalid, "content_refused",
		"内容未通过安全检查，请修改后再提交。", "The text did not pass the content check. Please change it.")
	ErrBusy = Define(Unavailable, "busy",
		"系统繁忙，请稍后再试。", "The service is busy. Please try again shortly.")
	ErrRateLimited = Define(RateLimited, "rate_limited",
		"操作太频繁，请稍后再试。", "Too many requests. Please try again later.")
)

// IllegalMove is ErrIllegalTransition naming the present state and the moves legal in it.
func IllegalMove(current string, allowed []string) *Error {
	e := *ErrIllegalTransition
	e.Current, e.Allowed = current, allowed
	return &e
}

// InvalidField is ErrInvalid for one part of the input.
func InvalidField(path, code, zh, en string) *Error {
	return ErrInvalid.WithFields(Field{Path: path, Code: code, Message: Text{ZH: zh, EN: en}})
}

// Reason is why somebody did something, in their own words: trimmed, of least to most
// letters. Fault: invalid.
func Reason(text string, least, most int) (string, error) {
	text = strings.TrimSpace(text)
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && least == 1:
		return "", InvalidField("reason", "required", "请写明理由。", "Say why.")
	case n < least:
		return "", InvalidField("reason", "too_short",
			fmt.Sprintf("请写明理由，至少 %d 个字。", least), fmt.Sprintf("Say why, in at least %d letters.", least))
	case n > most:
		return "", InvalidField("reason", "too_long",
			fmt.Sprintf("理由请勿超过 %d 个字。", most), fmt.Sprintf("Say why in at most %d letters.", most))
	}
	return text, nil
}
