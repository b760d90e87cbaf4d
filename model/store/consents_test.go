package store_test

import (
	"errors"
	"testing"
	"time"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/model/store/storetest"
)

func TestNoSensitiveRowIsWrittenWithoutAConsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, clock *storetest.Clock) {
		w := storetest.World{T: t, Store: s, Clock: clock}
		wang, now := w.Person("王女士"), clock.Now()
		row := func(details string) *model.SignUp {
			return &model.SignUp{
				ID: model.NewID[model.SignUp](now), ActivityID: model.NewID[model.Activity](now), UserID: wang.User,
				State: model.SignUpRegistered, Places: 1, Details: []byte(details), CreatedAt: now, UpdatedAt: now,
			}
		}
		w.ExpectFault(s.SignUps.Add(t.Context(), row(""), row("sealed")), store.ErrConsentRequired)
		plain := row("")
		w.Must(s.SignUps.Add(t.Context(), plain))
		again := *plain
		again.Details = []byte("sealed")
		_, err := s.SignUps.SaveAgain(t.Context(), *plain, again)
		w.ExpectFault(err, store.ErrConsentRequired)

		w.Agrees(wang, model.PurposeCompanions)
		w.Must(s.SignUps.Add(t.Context(), row("sealed")))
		if saved, err := s.SignUps.SaveAgain(t.Context(), *plain, again); !saved || err != nil {
			t.Fatal(saved, err)
		}
		w.Must(s.SignUps.DeleteDetails(t.Context(), wang.User))
		if left, err := s.SignUps.Get(t.Context(), plain.ID); err != nil || len(left.Details) != 0 {
			t.Fatalf("%+v, %v", left, err)
		}

		clock.Move(time.Millisecond)
		now = clock.Now()
		text, _ := model.ConsentTextOf(model.PurposeCompanions)
		w.Must(s.Consents.Add(t.Context(), &model.Consent{
			ID: model.NewID[model.Consent](now), UserID: wang.User, Purpose: text.Purpose, Version: text.Version - 1, Given: true, At: now,
		}))
		if err := s.SignUps.Add(t.Context(), row("sealed")); !errors.Is(err, store.ErrConsentRequired) {
			t.Fatalf("agreed to another version, and yet: %v", err)
		}
	})
}
