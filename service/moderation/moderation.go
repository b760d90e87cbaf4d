// Package moderation judges what people write before others read it.
//
// A text is judged in the name of its writer, by WeChat's text check, inside the request
// and before its transaction: once, for two seconds at most. Only what WeChat clearly
// passed is passed. What it calls risky is refused. Everything else is held for a person:
// doubt, no answer in time, trouble with WeChat, and a writer WeChat does not know, about
// whom it cannot be asked.
//
// What follows from a verdict is the rule of whoever shows the text. Public text that is
// refused goes no further, with content_refused; a request to the mailbox is never turned
// away, it waits for a person instead.
//
// A held text of an activity, of why one is called off, in the course of a request, or for a
// nickname becomes an item, and so does a held photo or recording; and somebody with authority
// over its unit who did not write or send it releases it or refuses it, once. The item is about
// one version of the text: a released activity can be published as it was read, not as it was
// changed since; a released message is seen by both sides. Who wrote it is not shown. When a text
// is changed, or comes through otherwise, its item is dropped.
//
// Nothing waits in silence. On the next full hour of the day those nearest to the item's unit who
// may decide hear how much waits for them, once for all; and with each working day that it goes on
// waiting they hear so again, and so do those one level further up.
//
// Two held texts are no items, because a person decides on them anyway: an article, which
// somebody else approves or rejects, and a request's own text, which is accepted or refused.
package moderation

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
	"jinlin/service/access"
	"jinlin/service/org"
	"jinlin/service/wechat"
)

// TextChecker advises on texts.
type TextChecker interface {
	// CheckText takes two seconds at most and never fails: doubt, delay and trouble are Review.
	CheckText(ctx context.Context, c wechat.TextCheck) wechat.Verdict
}

// Verdict says what may happen with a text. Requests keep it, in WeChat's words.
type Verdict string

// The verdicts.
const (
	Passed  = Verdict(wechat.Pass)
	Held    = Verdict(wechat.Review) // a person must look at it first
	Refused = Verdict(wechat.Risky)
)

// Text is what somebody wrote, and where it will be read.
type Text struct {
	Scene       Scene
	Title, Body string
}

// Scene is where a text will be read; WeChat judges by it.
type Scene = wechat.Scene

// The scenes.
const (
	Forum   = wechat.SceneForum   // what people write for their neighbours, and staff for the public
	Profile = wechat.SceneProfile // what people call themselves
)

// Service judges texts, and lets people judge those it cannot.
type Service struct {
	store  *store.Store
	access *access.Service
	org    *org.Service
	texts  TextChecker
	follow map[model.ModerationKind]Follow
}

// Follow does what follows from a decision, in its transaction.
type Follow func(ctx context.Context, tx *store.Store, decided model.ModerationItem) error

// OnDecision sets what follows from decisions on texts of a kind. Most need nothing: whoever
// shows such texts asks for their standing. It is called before the service is used.
func (s *Service) OnDecision(kind model.ModerationKind, follow Follow) { s.follow[kind] = follow }

// New makes the service.
func New(s *store.Store, a *access.Service, o *org.Service, texts TextChecker) *Service {
	return &Service{store: s, access: a, org: o, texts: texts, follow: map[model.ModerationKind]Follow{}}
}

// Judge says what may happen with a text of the writer's. It must not be called in a
// transaction: it asks WeChat.
func (s *Service) Judge(ctx context.Context, writer model.UserID, text Text) (Verdict, error) {
	verdicts, err := s.JudgeAll(ctx, writer, text)
	if err != nil {
		return "", err
	}
	return verdicts[0], nil
}

// What is judged together has to leave a request time for its transaction.
const (
	judgedAtOnce = 8
	judgedWithin = 6 * time.Second
)

// JudgeAll is Judge for several texts of one writer, in their order. What has no verdict within
// six seconds is held.
func (s *Service) JudgeAll(ctx context.Context, writer model.UserID, texts ...Text) ([]Verdict, error) {
	account, err := s.store.WeChat.GetByUser(ctx, writer)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return nil, err
	}
	return s.judgeAll(ctx, account.OpenID, texts), nil
}

func (s *Service) judgeAll(ctx context.Context, openID string, texts []Text) []Verdict {
	verdicts := make([]Verdict, len(texts))
	ctx, cancel := context.WithTimeout(ctx, judgedWithin)
	defer cancel()
	var checks errgroup.Group
	checks.SetLimit(judgedAtOnce)
	for i, text := range texts {
		verdicts[i] = Held
		if openID == "" {
			continue
		}
		checks.Go(func() error {
			if ctx.Err() == nil {
				verdicts[i] = s.judge(ctx, openID, text)
			}
			return nil
		})
	}
	_ = checks.Wait() // none returns an error: doubt is a verdict
	return verdicts
}

func (s *Service) judge(ctx context.Context, openID string, text Text) Verdict {
	advice := s.texts.CheckText(ctx, wechat.TextCheck{OpenID: openID, Scene: text.Scene, Title: text.Title, Text: text.Body})
	switch verdict := Verdict(advice.Suggest); verdict {
	case Passed, Refused:
		return verdict
	}
	return Held
}
