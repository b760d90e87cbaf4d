// Command jinlin is the backend of a county's neighbourhood-service mini-program, and the
// tools its operators need. `jinlin help` lists the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"jinlin/app"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := app.Command(ctx, version, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "jinlin:", err)
		os.Exit(status(err))
	}
}

// status is 2 for a command line that makes no sense, as shells and their tools have it.
func status(err error) int {
	if errors.As(err, new(app.Misuse)) {
		return 2
	}
	return 1
}
