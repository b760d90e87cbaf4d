package activity

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jinlin/model"
)

// Calendar is the activity as an iCalendar object (RFC 5545), for a phone's calendar:
// lines end in CRLF and are folded at 75 octets between characters, text is escaped,
// times are UTC, and the UID stays the same so that a later copy replaces an earlier one.
func Calendar(a model.Activity) []byte {
	status := "CONFIRMED"
	if a.State == model.ActivityCancelled {
		status = "CANCELLED"
	}
	var b strings.Builder
	for _, line := range []string{
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//Jinlin//Activities//ZH",
		"METHOD:PUBLISH",
		"BEGIN:VEVENT",
		"UID:" + a.ID.String() + "@activities.jinlin",
		"DTSTAMP:" + calendarTime(a.UpdatedAt),
		"LAST-MODIFIED:" + calendarTime(a.UpdatedAt),
		"SEQUENCE:" + strconv.Itoa(a.Version),
		"DTSTART:" + calendarTime(a.StartsAt),
		"DTEND:" + calendarTime(a.EndsAt),
		"SUMMARY:" + calendarText(a.Title),
		"LOCATION:" + calendarText(a.Place),
		"DESCRIPTION:" + calendarText(a.Description),
		"STATUS:" + status,
		"END:VEVENT",
		"END:VCALENDAR",
	} {
		fold(&b, line)
	}
	return []byte(b.String())
}

func calendarTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// calendarText escapes what has a meaning of its own and drops control characters, which
// the format has no way to write.
func calendarText(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\', r == ';', r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n', r == '\r':
			b.WriteString(`\n`)
		case r >= ' ' && r != 0x7f, r == '\t':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// foldAt is the most octets of a line, its break not counted.
const foldAt = 75

func fold(b *strings.Builder, line string) {
	for room := foldAt; len(line) > room; room = foldAt - 1 { // a continued line begins with a space
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
