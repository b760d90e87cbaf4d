package store

import (
	"errors"

	"jinlin/model/fault"
)

// Whoever changes what they have read says which version that was; of two who read the same
// one, the first is kept and the second is told to look again.

// Seen compares the version a writer read with the one there is; nil takes any.
// Fault: changed_meanwhile.
func Seen(read *int, version int) error {
	if read != nil && *read != version {
		return fault.ErrChangedMeanwhile
	}
	return nil
}

// Kept is for a compare-and-set, which may have found another version than it expected.
// Fault: changed_meanwhile.
func Kept(found bool, err error) error {
	if err == nil && !found {
		return fault.ErrChangedMeanwhile
	}
	return err
}

// Held is Kept for a row that the transaction holds, where only a database without row locks
// can miss: whoever asked tries again. Fault: busy.
func Held(found bool, err error) error {
	if err == nil && !found {
		return fault.ErrBusy
	}
	return err
}

// First is for adding the first version of something, or its next one as a row of its own:
// somebody else may just have added it. Fault: changed_meanwhile.
func First(err error) error {
	if errors.Is(err, ErrDuplicate) {
		return fault.ErrChangedMeanwhile
	}
	return err
}
