package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/chain"
)

// checkAudit is `jinlin audit verify`: it computes the chain of the audit record anew, and
// fails with the name of the first row that is not as it was.
func checkAudit(ctx context.Context, c config.Config, in invocation) error {
	chains := []model.Chain{model.AuditChain}
	return verifying(ctx, c, in, "audit", chains, func(s *store.Store, noted []model.ChainHead) error {
		return verifyChains(ctx, s, in.out, chains, noted)
	})
}

// verifying reads `verify [HEAD…]` and opens the database for a check that changes nothing.
func verifying(ctx context.Context, c config.Config, in invocation, name string, chains []model.Chain, check func(s *store.Store, noted []model.ChainHead) error) error {
	if len(in.args) == 0 || in.args[0] != "verify" {
		return misused(name)
	}
	var noted []model.ChainHead
	for _, text := range in.args[1:] {
		head, err := chain.ParseHead(text)
		if err != nil || !slices.Contains(chains, head.Chain) {
			return Misuse{fmt.Sprintf("%q is no head of a chain that `jinlin %s verify` prints", text, name)}
		}
		noted = append(noted, head)
	}
	s, err := openMigrated(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(check(s, noted), s.Close())
}

// verifyChains says of each chain how many rows it holds and how many wait, and its head,
// which can be noted elsewhere and held against it later.
func verifyChains(ctx context.Context, s *store.Store, out io.Writer, chains []model.Chain, noted []model.ChainHead) error {
	for _, name := range chains {
		report, err := chain.Verify(ctx, s, name, noted...)
		if err != nil {
			return fmt.Errorf("what was written was changed: %w", err)
		}
		if _, err := fmt.Fprintf(out, "%-13s %8d sealed, %d not yet%s\n", name, report.Head.Number, report.Waiting.Rows, waitingFor(report.Waiting, s.Now())); err != nil {
			return err
		}
		if report.Head.Number > 0 {
			fmt.Fprintf(out, "%-13s %s\n", "head", report.Head)
		}
	}
	_, err := fmt.Fprint(out, "\nL8 holds: nothing sealed was changed, removed or put in between\n")
	return err
}

func waitingFor(w chain.Waiting, now time.Time) string {
	if w.Rows == 0 {
		return ""
	}
	return fmt.Sprintf(", the oldest for %s", w.Age(now).Round(time.Second))
}
