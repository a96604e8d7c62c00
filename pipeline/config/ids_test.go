package config

import (
	"strings"
	"testing"
)

// Ids that cannot be one, that stand twice, or that mean two things of which only one can be are refused by their key.
func TestIDsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	cld := func(d ClientLevelData) Config { return Config{Returns: Returns{ClientLevelData: d}} }
	for _, c := range []struct {
		config Config
		says   string
	}{
		{Config{Consent: Consent{Steps: []int64{401, -4}}}, "consent.steps[1]: must be an id"},
		{Config{Consent: Consent{Steps: []int64{401, 401}}}, "consent.steps[1]: 401 is in consent.steps already"},
		{Config{AccessibleInformation: AccessibleInformation{Steps: []int64{0}}}, "accessible_information.steps[0]: must be"},
		{Config{CPIS: CPIS{FollowUpSteps: []int64{601, 601}}}, "cpis.follow_up_steps[1]: 601 is in"},
		{Config{CPIS: CPIS{Duty: map[int64]int64{309: 0}}}, "cpis.duty.309: must be"},
		{Config{CPIS: CPIS{Escalate: map[int]int64{24: -1}}}, "cpis.escalate.24: must be"},
		{Config{CPIS: CPIS{DutyWorker: -1}}, "cpis.duty_worker: must be"},
		{Config{Returns: Returns{ChildrenInNeed: ChildrenInNeed{EarlyHelp: []int64{503, 503}}}}, "early_help[1]: 503 is in"},
		{Config{Returns: Returns{Integrated: Integrated{Teams: []int64{-1}}}}, "returns.integrated.teams[0]: must be"},
		{Config{Returns: Returns{Steps: map[string][]int64{"health": {704}, "missing": {701, 704}}}}, "returns.steps.missing[1]: 704 is in returns.steps.health already"},
		{cld(ClientLevelData{Assessment: []int64{801}, Review: []int64{802, 801}}), "returns.client_level_data.review[1]: 801 is in returns.client_level_data.assessment already"},
		{Config{Episodes: map[string]map[int64]string{"service": {301: "home"}, "assessment": {301: "needs"}}}, "episodes.service.301: is in episodes.assessment already"},
		{Config{Episodes: map[string]map[int64]string{"service": {-301: "home"}}}, "episodes.service.-301: must be"},
	} {
		err := c.config.validateIDs()
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
	one := Config{ // one form may ask for several things
		Consent: Consent{Steps: []int64{101}}, AccessibleInformation: AccessibleInformation{Steps: []int64{101}},
		Episodes: map[string]map[int64]string{"assessment": {101: "needs"}}, Returns: Returns{ClientLevelData: ClientLevelData{Assessment: []int64{101}, UnpaidCarer: []int64{101}}},
	}
	if err := one.validateIDs(); err != nil {
		t.Error(err)
	}
}

func TestAKindOfStepThatNoModelReadsIsRefused(t *testing.T) {
	t.Parallel()
	err := Returns{Steps: map[string][]int64{"mising": {701}}}.validateSteps()
	if err == nil || !strings.Contains(err.Error(), "returns.steps.mising: the kinds are admission, ") {
		t.Error(err)
	}
}
