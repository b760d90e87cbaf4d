package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"jinlin/api/apitest"
	"jinlin/model"
)

// Of few ratings one could tell who gave which.
func TestFewRatingsAreNotTold(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, "")
	wang, secretary := s.SignIn(t, "resident-wang"), s.SignIn(t, "secretary-hongqiao")
	estate, today := estateLedBy(t, s, secretary), model.DateOf(s.Clock.Now())
	type told struct {
		N, Of          int
		Percent, Stars *float64
	}
	for rated := 1; rated <= 5; rated++ {
		var request requestAnswer
		wang.Post("/v1/mailbox/requests", lamp(estate)).Want(http.StatusCreated).Into(&request)
		path := "/v1/mailbox/requests/" + request.ID
		secretary.Post(path+"/acceptance", nil).Want(http.StatusOK)
		secretary.Post(path+"/reply", map[string]any{"text": "已换新灯"}).Want(http.StatusOK)
		wang.Post(path+"/feedback", map[string]any{"outcome": "fixed", "rating": rated}).Want(http.StatusOK)
		var answer struct{ Figures struct{ Satisfaction told } }
		secretary.Get(fmt.Sprintf("/v1/statistics/mailbox?unitId=%s&from=%s&to=%s", estate, today, today)).Want(http.StatusOK).Into(&answer)
		got := answer.Figures.Satisfaction
		if few := rated < 5; got.Of != rated || (got.Percent == nil) != few || (got.Stars == nil) != few || few && got.N != 0 {
			t.Errorf("after %d: %+v", rated, got)
		}
		if rated == 5 && (got.N != 2 || *got.Percent != 40 || *got.Stars != 3) {
			t.Errorf("%d of %d, %g %%, %g stars", got.N, got.Of, *got.Percent, *got.Stars)
		}
	}
}
