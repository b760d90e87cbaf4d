package store

import (
	"errors"
	"reflect"
	"testing"

	"jinlin/model"
)

// TestEverySensitiveColumnHasAConsentOrAnotherGround: whoever adds one decides which.
func TestEverySensitiveColumnHasAConsentOrAnotherGround(t *testing.T) {
	t.Parallel()
	grounds := map[string]bool{}
	for _, entity := range allEntities(t) {
		_, consenting := reflect.New(entity.ModelType).Interface().(model.Consenting)
		for _, field := range entity.Fields {
			if field.Tag.Get("data") != "sensitive" {
				continue
			}
			column := entity.Table + "." + field.DBName
			_, ground := model.Grounds[column]
			grounds[column] = true
			if consenting == ground {
				t.Errorf("%s is sensitive: its entity must be model.Consenting, or the column stand in model.Grounds, and not both", column)
			}
		}
	}
	for column := range model.Grounds {
		if !grounds[column] {
			t.Errorf("model.Grounds names %s, which is no sensitive column", column)
		}
	}
}

func TestAnUpdateCannotPassTheGuard(t *testing.T) {
	t.Parallel()
	if err := unguarded[model.SignUp](map[string]any{"details": []byte("x")}); !errors.Is(err, errUnguarded) {
		t.Errorf("details could be set: %v", err)
	}
	for _, fine := range []map[string]any{{"details": []byte{}}, {"details": nil}, {"state": "registered"}} {
		if err := unguarded[model.SignUp](fine); err != nil {
			t.Errorf("%v: %v", fine, err)
		}
	}
}
