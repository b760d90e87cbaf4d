package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store"
	"jinlin/service/account"
	"jinlin/service/grant"
	"jinlin/service/guardian"
	"jinlin/service/identity"
	"jinlin/service/jobs"
	"jinlin/service/proxy"
	"jinlin/service/residence"
	"jinlin/service/roster"
	"jinlin/service/rotation"
	"jinlin/service/shop"
)

// rotationOf introduces those who make keyed hashes to the rotation of keys.
func rotationOf(s *store.Store) *rotation.Service {
	return rotation.New(s, map[string]store.Reindex{
		"phones":         store.ReindexOf(account.Reindex),
		"roster_entries": store.ReindexOf(roster.Reindex),
		"appointments":   store.ReindexOf(grant.Reindex),
		"residences":     store.ReindexOf(residence.Reindex),
		"children":       store.ReindexOf(guardian.Reindex),

		"absentees":         store.ReindexOf(proxy.Reindex),
		"sealed_identities": store.ReindexOf(identity.Reindex),
		"redemptions":       store.ReindexOf(shop.Reindex),
	})
}

// rotateKeys goes through everything once an hour while there are several field keys, so
// that whoever adds one need not remember the rest.
func (a *App) rotateKeys(keys *rotation.Service) {
	a.every("keys.rotate", time.Hour, func(ctx context.Context, _ time.Time) error {
		if !keys.Several() {
			return nil
		}
		done, err := keys.Pass(ctx, func() bool { return jobs.Draining(ctx) })
		if done.Moved > 0 || done.Clashes > 0 || done.Broken > 0 {
			a.Log.Info("sealed values came under the newest key", "moved", done.Moved, "clashes", done.Clashes, "broken", done.Broken)
		}
		if err == nil && jobs.Draining(ctx) {
			err = jobs.Later(0, errors.New("the process ends"))
		}
		return err
	})
}

// fieldKeysCommand is `jinlin keys`.
func fieldKeysCommand(ctx context.Context, c config.Config, in invocation) error {
	rotate := len(in.args) == 1 && in.args[0] == "rotate"
	if len(in.args) > 0 && !rotate {
		return misused("keys")
	}
	s, err := openDatabase(ctx, c, store.Options{Clock: model.SystemClock})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := keyFault(c, s.CheckKeys(ctx)); err != nil {
		return err
	}
	keys := rotationOf(s)
	if rotate {
		done, err := keys.Pass(ctx, func() bool { return ctx.Err() != nil })
		fmt.Fprintf(in.out, "%d rows came under %s\n", done.Moved, keys.Key())
		if done.Clashes > 0 {
			fmt.Fprintf(in.out, "%d rows stay: another row has their hash already\n", done.Clashes)
		}
		if done.Broken > 0 {
			err = errors.Join(err, fmt.Errorf("%d rows have a value that no configured key opens", done.Broken))
		}
		if err != nil {
			return err
		}
	}
	return printStanding(ctx, keys, in.out)
}

func printStanding(ctx context.Context, keys *rotation.Service, out io.Writer) error {
	behind, err := keys.Standing(ctx)
	if err != nil {
		return err
	}
	for _, t := range behind {
		fmt.Fprintf(out, "%-16s %d rows under an older key, %d under one that is not configured\n", t.Name, t.Stale, t.Foreign)
	}
	if len(behind) == 0 {
		fmt.Fprintf(out, "everything stands under %s; older keys may be retired\n", keys.Key())
	}
	return nil
}

// checkKeys counts what stands under older keys, and finds what none opens.
func checkKeys(ctx context.Context, c config.Config) finding {
	const what = "keys"
	s, err := openDatabase(ctx, c, store.Options{})
	if err != nil {
		return finding{what, "", err}
	}
	defer s.Close()
	keys := rotationOf(s)
	behind, err := keys.Standing(ctx)
	if err == nil {
		err = keyFault(c, s.CheckKeys(ctx))
	}
	if err != nil {
		if toBeMigrated(ctx, c) {
			return finding{what, "nothing is sealed yet", nil}
		}
		return finding{what, "", err}
	}
	var stale, foreign int64
	for _, t := range behind {
		stale, foreign = stale+t.Stale, foreign+t.Foreign
	}
	if foreign > 0 {
		return finding{what, "", fmt.Errorf("%d rows are sealed under a key that is not configured; `jinlin keys` lists them", foreign)}
	}
	if stale > 0 {
		return finding{what, fmt.Sprintf("%d rows still stand under an older key than %s; `jinlin keys rotate` brings them under it", stale, keys.Key()), nil}
	}
	return finding{what, "all sealed values stand under " + keys.Key(), nil}
}
