package app

import (
	"context"
	"errors"
	"fmt"

	"jinlin/config"
	"jinlin/model"
	"jinlin/service/access"
	"jinlin/service/grant"
	"jinlin/service/org"
	"jinlin/service/push"
)

// begin is `jinlin begin`: the county and its first two clerks, who make all others.
func begin(ctx context.Context, c config.Config, in invocation) error {
	if len(in.args) != 3 {
		return misused("begin")
	}
	first, err := model.ParseID[model.User](in.args[1])
	second, err2 := model.ParseID[model.User](in.args[2])
	if err := errors.Join(err, err2); err != nil {
		return Misuse{"a person is named by the id that GET /v1/me shows them"}
	}
	s, err := openMigrated(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	units := org.New(s)
	rights := access.New(s, units)
	pushes := push.New(s, rights, units, nil, pushSettings(c))
	county, err := grant.New(s, rights, units, pushes, true).Begin(ctx, in.args[0], first, second)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.out, "%s (%s) has its first two clerks. They give all other roles, with POST /v1/grants, and import the units below it.\n", county.Name, county.ID)
	return err
}
