package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"jinlin/config"
	"jinlin/model"
	"jinlin/model/store"
)

// buriedJobs lists the jobs that failed too often (`jinlin jobs`), or makes them ready
// again (`jinlin jobs revive ID…` or `jinlin jobs revive all`).
func buriedJobs(ctx context.Context, c config.Config, in invocation) error {
	reviving := len(in.args) > 0
	if reviving && (in.args[0] != "revive" || len(in.args) < 2) {
		return misused("jobs")
	}
	s, err := openDatabase(ctx, c, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if reviving {
		return revive(ctx, s, in)
	}
	return listBuried(ctx, s, in.out)
}

func listBuried(ctx context.Context, s *store.Store, out io.Writer) error {
	buried := 0
	err := eachBuried(ctx, s, func(job model.Job) error {
		buried++
		_, err := fmt.Fprintf(out, "%s  %s  %d attempts  %s\n", job.ID, job.Kind, job.Attempts, job.LastError)
		return err
	})
	if err == nil && buried == 0 {
		_, err = fmt.Fprintln(out, "no job is buried")
	}
	return err
}

func revive(ctx context.Context, s *store.Store, in invocation) error {
	revived := 0
	one := func(id model.JobID) error {
		found, err := s.Jobs.SaveRevived(ctx, id)
		if found {
			revived++
		}
		return err
	}
	var errs []error
	if in.args[1] == "all" {
		errs = append(errs, eachBuried(ctx, s, func(job model.Job) error { return one(job.ID) }))
	} else {
		for _, text := range in.args[1:] {
			id, err := model.ParseID[model.Job](text)
			if err == nil {
				err = one(id)
			}
			errs = append(errs, err)
		}
	}
	fmt.Fprintf(in.out, "%d jobs revived\n", revived)
	return errors.Join(errs...)
}

func eachBuried(ctx context.Context, s *store.Store, do func(model.Job) error) error {
	buried := model.All(func(page model.Page) (model.Listing[model.Job], error) { return s.Jobs.ListBuried(ctx, page) })
	for job, err := range buried {
		if err != nil {
			return err
		}
		if err := do(job); err != nil {
			return err
		}
	}
	return nil
}
