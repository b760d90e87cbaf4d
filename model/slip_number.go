package model

import (
	"fmt"
	"strings"

	"jinlin/model/fault"
)

// SlipNumber is what is printed on a slip of paper for the red mailbox: eight digits and a
// check digit, which tells every digit mistyped and every two that were exchanged.
type SlipNumber string

// ErrSlipNumber is a fault: the check digit does not fit, so the number was mistyped.
var ErrSlipNumber = fault.Define(fault.Invalid, "slip_number_mistyped",
	"纸条编号有误，请核对后重新输入。", "This slip number was mistyped. Compare it with the slip.")

// MaxSlips is how many slip numbers there can be.
const MaxSlips = 99_999_999

const slipDigits = 9

// damm is a quasigroup without a fixed point in its diagonal (H. M. Damm, 2004): walking
// through it digit by digit ends at zero for a number with its right check digit only.
var damm = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

func dammOf(digits string) byte {
	at := byte('0')
	for i := range len(digits) {
		at = damm[at-'0'][digits[i]-'0']
	}
	return at
}

// NewSlipNumber is the number of the n-th slip, from 1.
func NewSlipNumber(n int64) SlipNumber {
	digits := fmt.Sprintf("%08d", n)
	return SlipNumber(digits + string(dammOf(digits)))
}

// ParseSlipNumber reads a number as people type it, with blanks and dashes.
// Fault: slip_number_mistyped.
func ParseSlipNumber(text string) (SlipNumber, error) {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(halfWidth.Replace(strings.TrimSpace(text)))
	if len(digits) != slipDigits || strings.Trim(digits, "0123456789") != "" || dammOf(digits) != '0' {
		return "", ErrSlipNumber
	}
	return SlipNumber(digits), nil
}

// Printed is how it stands on paper: 0000-1234-5.
func (n SlipNumber) Printed() string {
	if len(n) != slipDigits {
		return string(n)
	}
	return string(n[:4] + "-" + n[4:8] + "-" + n[8:])
}
