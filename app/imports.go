package app

import (
	"context"
	"time"

	"jinlin/service/imports"
)

// importJobs work on long files, and forget what nobody applied.
func (a *App) importJobs(files *imports.Service) {
	a.Jobs.Handle(imports.Job, files.Work)
	a.every("imports.tidy", time.Hour, func(ctx context.Context, _ time.Time) error { return files.Tidy(ctx) })
}
