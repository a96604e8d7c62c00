package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// idList is one list of the case store's ids in the configuration.
type idList struct {
	key string
	ids []int64
}

func (l idList) at(i int) string { return fmt.Sprintf("%s[%d]", l.key, i) }

// validateIDs holds that what is listed can be an id, and stands once: twice would count each step twice. One step type may
// are in lists of different meaning, as one form may ask for several things, but not where one meaning excludes the other.
func (c Config) validateIDs() error {
	alone := [][]idList{
		{{"consent.steps", c.Consent.Steps}},
		{{"accessible_information.steps", c.AccessibleInformation.Steps}},
		{{"cpis.follow_up_steps", c.CPIS.FollowUpSteps}},
		{{"returns.children_in_need.need_plan", c.Returns.ChildrenInNeed.NeedPlan}},
		{{"returns.children_in_need.early_help", c.Returns.ChildrenInNeed.EarlyHelp}},
		{{"returns.children_in_need.adopters", c.Returns.ChildrenInNeed.Adopters}},
		{{"returns.client_level_data.unpaid_carer", c.Returns.ClientLevelData.UnpaidCarer}},
		{{"returns.integrated.teams", c.Returns.Integrated.Teams}},
		byKey("returns.client_level_data.", c.Returns.ClientLevelData.EventSteps()),
		byKey("returns.steps.", c.Returns.Steps),
	}
	var wrong []error
	for _, lists := range alone {
		wrong = append(wrong, onlyOnce(lists))
	}
	wrong = append(wrong, c.oneKindOfEpisode())
	for team, worker := range c.CPIS.Duty {
		wrong = append(wrong, atLeastOne(fmt.Sprintf("cpis.duty.%d", team), min(team, worker)))
	}
	for hours, worker := range c.CPIS.Escalate {
		wrong = append(wrong, atLeastOne(fmt.Sprintf("cpis.escalate.%d", hours), worker))
	}
	if c.CPIS.DutyWorker < 0 {
		wrong = append(wrong, errors.New("cpis.duty_worker: must be the id of a worker, or left out"))
	}
	return errors.Join(wrong...)
}

func byKey(prefix string, lists map[string][]int64) (all []idList) {
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		all = append(all, idList{prefix + strings.ToLower(key), lists[key]})
	}
	return all
}

// onlyOnce says which id of lists that exclude each other is in one of them again.
func onlyOnce(lists []idList) error {
	var wrong []error
	first := map[int64]string{}
	for _, list := range lists {
		for i, id := range list.ids {
			if err := atLeastOne(list.at(i), id); err != nil {
				wrong = append(wrong, err)
				continue
			}
			if first[id] != "" {
				wrong = append(wrong, fmt.Errorf("%s: %d is in %s already", list.at(i), id, first[id]))
			}
			first[id] = cmp.Or(first[id], list.key)
		}
	}
	return errors.Join(wrong...)
}

// oneKindOfEpisode holds that no step opens two episodes.
func (c Config) oneKindOfEpisode() error {
	var wrong []error
	first := map[int64]string{}
	for _, kind := range slices.Sorted(maps.Keys(c.Episodes)) {
		for _, id := range slices.Sorted(maps.Keys(c.Episodes[kind])) {
			key := fmt.Sprintf("episodes.%s.%d", kind, id)
			wrong = append(wrong, atLeastOne(key, id))
			if first[id] != "" {
				wrong = append(wrong, fmt.Errorf("%s: is in %s already", key, first[id]))
			}
			first[id] = "episodes." + kind
		}
	}
	return errors.Join(wrong...)
}

func atLeastOne(key string, id int64) error {
	if id < 1 {
		return fmt.Errorf("%s: must be an id of the case store, 1 or more", key)
	}
	return nil
}
