package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"jinlin/model"
	"jinlin/model/fault"
)

// ErrConsentRequired is a fault: sensitive data was to be written without its person's consent.
var ErrConsentRequired = fault.Define(fault.Conflict, "consent_required",
	"这些信息属于敏感个人信息，请先阅读说明并同意。", "This is sensitive data. Please read what it is used for and agree first.")

// errUnguarded says that a statement would have passed the guard, which is a mistake of ours.
var errUnguarded = errors.New("store: a sensitive column is written past the guard")

// Consents are what people agreed to, and took back. They are added and read, never changed.
type Consents struct{ table[model.Consent] }

// Latest is what a person last said to a purpose. Fault: not_found.
func (t Consents) Latest(ctx context.Context, user model.UserID, p model.Purpose) (model.Consent, error) {
	var row model.Consent
	err := t.read(ctx).Where("user_id = ? AND purpose = ?", user, p).Order("id DESC").Take(&row).Error
	return row, named(plain(err))
}

// AddFirst keeps a person's agreement to the present text, unless they have answered the
// purpose before, whatever they said.
func (t Consents) AddFirst(ctx context.Context, user model.UserID, p model.Purpose, via model.ConsentChannel) error {
	if _, err := t.Latest(ctx, user, p); !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	text, _ := model.ConsentTextOf(p)
	return t.Add(ctx, &model.Consent{
		ID: model.NewID[model.Consent](t.c.now()), UserID: user, Purpose: p, Version: text.Version, Given: true, Channel: via, At: t.c.now(),
	})
}

// InForce says whether a person agrees to the present text of a purpose.
func (t Consents) InForce(ctx context.Context, user model.UserID, p model.Purpose) (bool, error) {
	latest, err := t.Latest(ctx, user, p)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	return latest.InForce(), err
}

// consented lets a row pass whose person agrees to what it holds. Fault: consent_required.
func (c *conn) consented(ctx context.Context, row model.Consenting) error {
	user, purpose := row.NeedsConsent()
	if purpose == "" {
		return nil
	}
	given, err := Consents{table[model.Consent]{c}}.InForce(ctx, user, purpose)
	if err == nil && !given {
		err = ErrConsentRequired.WithFields(fault.Field{
			Path: "consents." + string(purpose), Code: "missing",
			Message: fault.Text{ZH: "尚未同意。", EN: "Not agreed to."},
		})
	}
	return err
}

func consentedAll[T any](ctx context.Context, c *conn, rows []*T) error {
	for _, row := range rows {
		consenting, ok := any(*row).(model.Consenting)
		if !ok {
			return nil
		}
		if err := c.consented(ctx, consenting); err != nil {
			return err
		}
	}
	return nil
}

// unguarded refuses values for sensitive columns of entities that need a consent. Emptying
// them is always allowed.
func unguarded[T any](values map[string]any) error {
	if _, ok := any(*new(T)).(model.Consenting); !ok {
		return nil
	}
	entity, err := entityOf(new(T))
	if err != nil {
		return err
	}
	for name, value := range values {
		field := entity.FieldsByDBName[name]
		if field != nil && field.Tag.Get("data") == "sensitive" && !empty(value) {
			return fmt.Errorf("%w: %s.%s", errUnguarded, entity.Table, name)
		}
	}
	return nil
}

func empty(value any) bool {
	v := reflect.ValueOf(value)
	return !v.IsValid() || v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0
}
