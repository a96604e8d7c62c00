package borough

import (
	"errors"
	"slices"
	"strconv"
)

// truth writes what a run must make of the borough, from how each person was made:
// people.csv one row a person; consents.csv one row a person and dataset, for each direction in which the person was ever asked;
// cpis_follow_ups.csv one row a notification that is followed up;
// return_errors.csv one row a slip of recording that a statutory return must find.
type truth struct {
	options                                   Options
	people, consents, followUps, returnErrors *truthFile
}

func writeTruth(o Options) (writer, error) {
	if err := makeFolder(o.path("truth")); err != nil {
		return nil, err
	}
	people, err := createTruth(o.path("truth", "people.csv"), "person_id", "true_nhs_number", "is_in_scope", "scope_reason", "identity_scenario",
		"expected_standing", "is_restricted", "is_sensitive", "is_read", "slip", "is_patient", "is_opted_out")
	if err != nil {
		return nil, err
	}
	consents, err := createTruth(o.path("truth", "consents.csv"), "person_id", "dataset", "outcome")
	if err != nil {
		return nil, errors.Join(err, people.close())
	}
	followUps, err := createTruth(o.path("truth", "cpis_follow_ups.csv"), "message_id", "person_id", "state", "outcome")
	if err != nil {
		return nil, errors.Join(err, people.close(), consents.close())
	}
	returnErrors, err := createTruth(o.path("truth", "return_errors.csv"), "person_id", "return_name", "rule_code", "field")
	if err != nil {
		return nil, errors.Join(err, people.close(), consents.close(), followUps.close())
	}
	return &truth{o, people, consents, followUps, returnErrors}, nil
}

func (t *truth) add(l *life) error {
	if !l.isPerson() {
		return nil
	}
	id := strconv.FormatInt(l.personID, 10)
	err := t.people.write(id, l.nhsNumber, word(l.scope == "open_episode"), l.scope, string(l.identity), l.standing,
		word(l.recorded.isRestricted), word(l.identity == sensitive), word(!l.isUnreadable), string(l.recorded.slip), word(l.isPatient()), word(l.isOptedOut))
	return errors.Join(err, t.followUp(l), t.planted(id, slices.Concat(l.adultCare(t.options).planted, l.care.planted)), t.consented(id, l.consents.in, inDatasets(), neverAsked), t.consented(id, l.consents.out, outDatasets(), notObjected))
}

// planted writes the slips of recording that were planted in a person's returns.
func (t *truth) planted(id string, slips []plantedError) error {
	for _, slip := range slips {
		if err := t.returnErrors.write(id, slip.ret, slip.rule, slip.field); err != nil {
			return err
		}
	}
	return nil
}

// consented writes a row for every dataset of a direction in which anything was asked at all.
func (t *truth) consented(id string, answers []consented, datasets []string, otherwise outcome) error {
	if len(answers) == 0 {
		return nil
	}
	outcomes := map[string]outcome{}
	for _, answer := range answers {
		for _, dataset := range answer.datasets {
			outcomes[dataset] = answer.outcome
		}
	}
	for _, dataset := range datasets {
		came, ok := outcomes[dataset]
		if !ok {
			came = otherwise
		}
		if err := t.consents.write(id, dataset, string(came)); err != nil {
			return err
		}
	}
	return nil
}

func (t *truth) close() error {
	return errors.Join(t.people.close(), t.consents.close(), t.followUps.close(), t.returnErrors.close())
}

func word(is bool) string { return strconv.FormatBool(is) }
