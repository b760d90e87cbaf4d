package main

import (
	"errors"
	"fmt"
	"testing"

	"jinlin/app"
)

func TestMisuseEndsWithStatusTwo(t *testing.T) {
	t.Parallel()
	for want, err := range map[int]error{
		1: errors.New("the database does not answer"),
		2: fmt.Errorf("called wrongly: %w", app.Misuse{Detail: "there is no such command"}),
	} {
		if got := status(err); got != want {
			t.Errorf("%v ends with status %d", err, got)
		}
	}
}
