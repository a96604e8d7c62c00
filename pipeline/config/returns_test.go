package config

import (
	"strings"
	"testing"
)

// What a council may write wrongly of its adults' steps and integrated teams is refused before a run, by its key.
func TestAdultsConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wrong error
		says  string
	}{
		{ClientLevelData{Request: []int64{801}, UnpaidCarer: []int64{102}}.validate(), "unpaid_carer[0]: step type 102 is not an event"},
		{ClientLevelData{Questions: map[string]string{"cld_outcome": "x"}}.validate(), "no field is called cld_outcome"},
		{Integrated{Leads: map[string]string{"surname": "health"}}.validate(), "no field is called surname"},
		{Integrated{Leads: map[string]string{"postcode": "both"}}.validate(), "leads.postcode: must be council or health"},
	} {
		if c.wrong == nil || !strings.Contains(c.wrong.Error(), c.says) {
			t.Errorf("%v, want %q", c.wrong, c.says)
		}
	}
	right := ClientLevelData{Request: []int64{801}, Service: []int64{301, 803}, UnpaidCarer: []int64{803}, Questions: map[string]string{"cld_event_outcome": "x"}}
	if err := right.validate(); err != nil {
		t.Error(err)
	}
}
