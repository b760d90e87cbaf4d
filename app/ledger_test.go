package app

import (
	"strings"
	"testing"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store/storetest"
)

func TestLedgerVerifyPrintsFiguresAndNamesWhatIsBroken(t *testing.T) {
	t.Parallel()
	clock := storetest.NewClock()
	c := config.Config{DatabaseURL: storetest.SQLiteURL(t), DataDir: t.TempDir()}
	verify := func(args ...string) (string, error) {
		var out strings.Builder
		err := checkLedger(t.Context(), c, invocation{args: args, out: &out})
		return out.String(), err
	}
	if text, err := verify("verify"); err != nil || !strings.Contains(text, "L1 L2 L3 L4 L6 L7, lots and stock hold") || !strings.Contains(text, "L8 holds") {
		t.Fatalf("%q, %v", text, err)
	}
	if _, err := verify(); err == nil {
		t.Fatal("it must be told what to do")
	}
	s := storetest.Open(t, c.DatabaseURL, clock)
	account := model.PointsAccount{ID: model.AccountOf(model.ShopAccount, [16]byte{1}), Kind: model.ShopAccount, Balance: 5, CreatedAt: clock.Now()}
	if err := s.PointsAccounts.Add(t.Context(), &account); err != nil {
		t.Fatal(err)
	}
	if _, err := verify("verify"); err == nil || !strings.Contains(err.Error(), "invariant L2") {
		t.Fatalf("points out of nowhere: %v", err)
	}
}
