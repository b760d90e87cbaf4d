package api_test

import (
	"net/http"
	"testing"

	"jinlin/api/apitest"
)

func TestTheRulesInForceAreShown(t *testing.T) {
	t.Parallel()
	for limits, want := range map[string]string{
		"on": `{"account":{"sessionIdleDays":30,"sessionsPerPerson":10},` +
			`"mailbox":{"requestsPerDay":10,"sealedPerDay":3,"acknowledgeWithinHours":24,"replyWithinHours":168,"silenceClosesHours":168,"urgesPerDay":1,"pauseWorkingDays":5,"allPausesWorkingDays":10,"extensionWorkingDays":7},` +
			`"uploads":{"perDay":60,"bytes":10485760,"pixels":25000000,"recordingSeconds":60,"photos":9,"recordings":1,"linkMinutes":10},` +
			`"activity":{"offeredPlaceWakingHours":12,"checkInOpensMinutes":60,"checkInCodeSeconds":30},` +
			`"points":{"perDay":60,"perActivity":40,"expiresMonths":24},"shop":{"reservedGoodsDays":7},` +
			`"messages":{"quietFrom":"21:30","quietUntil":"07:00","perWeek":10,"newsAt":"07:30","newsMissedMinutes":120},` +
			`"requestRate":{"perPersonMinute":120,"perAddressMinute":600}}`,
		"off": `{"account":{"sessionIdleDays":30,"sessionsPerPerson":10},` +
			`"mailbox":{"requestsPerDay":null,"sealedPerDay":3,"acknowledgeWithinHours":24,"replyWithinHours":168,"silenceClosesHours":168,"urgesPerDay":1,"pauseWorkingDays":5,"allPausesWorkingDays":10,"extensionWorkingDays":7},` +
			`"uploads":{"perDay":null,"bytes":10485760,"pixels":25000000,"recordingSeconds":60,"photos":9,"recordings":1,"linkMinutes":10},` +
			`"activity":{"offeredPlaceWakingHours":12,"checkInOpensMinutes":60,"checkInCodeSeconds":30},` +
			`"points":{"perDay":null,"perActivity":null,"expiresMonths":24},"shop":{"reservedGoodsDays":7},` +
			`"messages":{"quietFrom":"21:30","quietUntil":"07:00","perWeek":10,"newsAt":"07:30","newsMissedMinutes":120},` +
			`"requestRate":{"perPersonMinute":null,"perAddressMinute":null}}`,
	} {
		s := apitest.Start(t, "", "JINLIN_ABUSE_LIMITS="+limits)
		got := s.Anybody(t).Get("/v1/settings/public").Want(http.StatusOK)
		if body := string(got.Body); body != want+"\n" && body != want {
			t.Errorf("%s: %s", limits, body)
		}
	}
}
