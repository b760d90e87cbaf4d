package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"jinlin/model/fault"
)

func TestACopyIsStillTheSameFault(t *testing.T) {
	t.Parallel()
	cause := errors.New("underneath")
	err := fmt.Errorf("more: %w", fault.ErrBusy.Because(cause).After(time.Second))
	if !errors.Is(err, fault.ErrBusy) || !errors.Is(err, cause) || errors.Is(err, fault.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if fault.From(err).RetryAfter != time.Second || fault.ErrBusy.RetryAfter != 0 {
		t.Error("the shared value was changed, or the copy was not")
	}
	if fault.KindOf(errors.New("unnamed")) != fault.Internal {
		t.Error("an unnamed error has a kind of its own")
	}
}

func TestDefineRefusesWhatWouldConfuse(t *testing.T) {
	t.Parallel()
	for _, define := range []func(){
		func() { fault.Define(fault.Conflict, "not_found", "有。", "Taken.") },
		func() { fault.Define(fault.Conflict, "half", "只有中文。", "") },
		func() { fault.Define(fault.Conflict, "", "没有代码。", "No code.") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it was defined")
				}
			}()
			define()
		}()
	}
}
