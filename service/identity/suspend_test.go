package identity_test

import (
	"testing"

	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/identity"
)

// TestAnHeirSuspendsWhoWroteToTheBranchBefore: a branch was dissolved, and another leads its
// estate and has its requests. Whether the person has written to the heir already is no matter,
// and the heir does not learn that it was they.
func TestAnHeirSuspendsWhoWroteToTheBranchBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id, lis, known := w.submits(w.wang, w.estate), w.submits(w.li, w.estate), w.submits(w.li, w.otherEstate)
		heir := w.Staff(model.Secretary, w.otherBranch)
		w.Must(w.Store.InTx(ctx, func(tx *store.Store) error {
			return w.mailbox.HandOverWork(ctx, tx, model.HandOver{From: w.branch, To: w.otherBranch})
		}))
		for request, who := range map[model.RequestID]model.Actor{id: w.wang, lis: w.li} {
			s, err := w.Suspend(ctx, heir, request, 7, "辱骂工作人员")
			if w.Must(err); s.Label != w.label(request) || s.Label == w.label(known) {
				t.Errorf("it names %s, and the request %s", s.Label, w.label(request))
			}
			_, err = w.mailbox.Submit(ctx, who, sealedAbout(w.otherEstate))
			w.ExpectFault(err, identity.ErrSuspended)
		}
		w.submits(w.Person("赵老师"), w.otherEstate)
	})
}
