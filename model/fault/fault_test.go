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

func TestAReasonIsAskedForAndBounded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text        string
		least, most int
		code        string
	}{
		{" 因故 ", 1, 2, ""}, {" ", 1, 200, "required"}, {"", 4, 200, "too_short"}, {"因故", 4, 200, "too_short"}, {"因故离开", 1, 3, "too_long"},
	} {
		text, err := fault.Reason(c.text, c.least, c.most)
		if c.code == "" {
			if err != nil || text != "因故" {
				t.Errorf("%q is %q, %v", c.text, text, err)
			}
			continue
		}
		if f := fault.From(err); err == nil || len(f.Fields) != 1 || f.Fields[0].Code != c.code {
			t.Errorf("%q: %v; want %s", c.text, err, c.code)
		}
	}
}
