// Package consent asks people before their data is used, and stops when they say so.
//
// Each purpose has a text of its own with a version. What somebody says to a text is a row
// that never changes: who, which purpose, which version, given or taken back, how and when.
// The latest one counts, and only for the present version of its text. The store itself
// refuses sensitive data while its person's consent is not in force.
//
// Taking back is the same call as giving. What the data was used for stops at once, and the
// data is deleted by a job, and by a second one half a minute later, for what was being
// written meanwhile. The consent to the account itself is taken back by closing it.
package consent

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jinlin/model"
	"jinlin/model/fault"
	"jinlin/model/store"
)

// Faults of consents.
var (
	ErrTextChanged = fault.Define(fault.Conflict, "consent_text_changed",
		"说明内容已更新，请阅读最新版本后再确认。", "The text has changed. Please read the present version and answer that.")
	ErrCloseInstead = fault.Define(fault.Conflict, "close_account_instead",
		"撤回对账号的同意即为注销账号，请在“注销账号”中办理。", "To take this back is to close the account. Please do that instead.")
)

// Job is the kind of job that deletes what a consent covered.
const Job = "consent.withdrawn"

// straggle is how long a request that began before a withdrawal may still be writing.
const straggle = 30 * time.Second

// Service keeps consents.
type Service struct {
	store  *store.Store
	before func(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose) error
}

// New makes the service.
func New(s *store.Store) *Service { return &Service{store: s} }

// BeforeForget sets what happens, in the same transaction, before that is deleted which a
// consent covered. It may happen more than once.
func (s *Service) BeforeForget(do func(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose) error) {
	s.before = do
}

// Standing is a text and what somebody last said to that purpose.
type Standing struct {
	model.ConsentText
	Answered bool
	Latest   model.Consent // zero unless Answered
}

// InForce says whether the present text is agreed to.
func (s Standing) InForce() bool { return s.Answered && s.Latest.InForce() }

// Mine are all purposes and what the actor said to them. Fault: unauthenticated.
func (s *Service) Mine(ctx context.Context, actor model.Actor) ([]Standing, error) {
	if actor.Nobody() {
		return nil, fault.ErrUnauthenticated
	}
	standings := make([]Standing, len(model.ConsentTexts))
	for i, text := range model.ConsentTexts {
		latest, err := s.store.Consents.Latest(ctx, actor.User, text.Purpose)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return nil, err
		}
		standings[i] = Standing{ConsentText: text, Answered: err == nil, Latest: latest}
	}
	return standings, nil
}

// Answer is what somebody says to a text.
type Answer struct {
	Purpose model.Purpose
	Version int // of the text that was shown
	Given   bool
}

// Say keeps the actor's answer. Faults: unauthenticated, invalid for an unknown purpose,
// consent_text_changed, close_account_instead.
func (s *Service) Say(ctx context.Context, actor model.Actor, a Answer) (Standing, error) {
	if actor.Nobody() {
		return Standing{}, fault.ErrUnauthenticated
	}
	text, known := model.ConsentTextOf(a.Purpose)
	switch {
	case !known:
		return Standing{}, fault.InvalidField("purpose", "unknown", "没有这项用途。", "There is no such purpose.")
	case a.Given && a.Version != text.Version:
		return Standing{}, ErrTextChanged
	case !a.Given && a.Purpose == model.PurposeAccount:
		return Standing{}, ErrCloseInstead
	}
	return store.Once(ctx, s.store, func(tx *store.Store) (Standing, error) {
		said, err := keep(ctx, tx, actor.User, a.Purpose, a.Given, model.ConsentInApp)
		return Standing{ConsentText: text, Answered: err == nil, Latest: said}, err
	})
}

// Withdraw takes a person's consent back for them, in the transaction of whoever calls:
// WeChat said that they did so in its settings.
func Withdraw(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose) error {
	_, err := keep(ctx, tx, user, p, false, model.ConsentWeChat)
	return err
}

// withdrawn is the work of a Job.
type withdrawn struct {
	User    model.UserID  `json:"user"`
	Purpose model.Purpose `json:"purpose"`
}

func keep(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose, given bool, via model.ConsentChannel) (model.Consent, error) {
	text, _ := model.ConsentTextOf(p)
	said := model.Consent{
		ID: model.NewID[model.Consent](tx.Now()), UserID: user, Purpose: p, Version: text.Version,
		Given: given, Channel: via, At: tx.Now(),
	}
	if err := tx.Consents.Add(ctx, &said); err != nil || given {
		return said, err
	}
	payload, err := json.Marshal(withdrawn{user, p})
	if err != nil {
		return said, err
	}
	for _, wait := range []time.Duration{0, straggle} {
		if err := tx.Jobs.Put(ctx, model.Job{Kind: Job, Payload: payload, RunAt: tx.Now().Add(wait)}); err != nil {
			return said, err
		}
	}
	return said, nil
}

// Forget deletes what a consent covered, unless it has been given again; a job's work.
func (s *Service) Forget(ctx context.Context, job model.Job) error {
	var w withdrawn
	if err := json.Unmarshal(job.Payload, &w); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx *store.Store) error {
		again, err := tx.Consents.InForce(ctx, w.User, w.Purpose)
		if err != nil || again {
			return err
		}
		if s.before != nil {
			if err := s.before(ctx, tx, w.User, w.Purpose); err != nil {
				return err
			}
		}
		return forget(ctx, tx, w.User, w.Purpose)
	})
}

func forget(ctx context.Context, tx *store.Store, user model.UserID, p model.Purpose) error {
	switch p {
	case model.PurposeCompanions:
		return tx.SignUps.DeleteDetails(ctx, user)
	case model.PurposeResidence:
		return tx.Residences.DeleteByUser(ctx, user)
	case model.PurposeEmployment:
		return tx.Employments.DeleteByUser(ctx, user)
	case model.PurposeChildren:
		return tx.Children.DeleteByGuardian(ctx, user)
	case model.PurposePhone:
		return tx.Phones.DeleteByUser(ctx, user)
	case model.PurposeAccount:
	}
	return nil
}
