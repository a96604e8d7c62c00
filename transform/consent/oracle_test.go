package consent

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The rules of sql/README.md, written a second time from the plain words, one history at a time.

// verdict is what may be shared, by person and dataset, and whether a lost row names nobody.
type verdict struct {
	open  map[int64]map[string]bool
	stops bool
}

var words = map[string]map[string]string{
	"consent_decision":   {"given": "given", "refused": "refused", "withdrawn": "withdrawn", "not sought": "not sought"},
	"consent_direction":  {"in": "in", "out": "out"},
	"consent_decided_by": {"self": "self", "gillick competent child": "gillick", "parental responsibility": "parent", "attorney": "attorney", "best interests": "best interests"},
	"consent_capacity":   {"has capacity": "has", "lacks capacity": "lacks", "not assessed": "not assessed"},
	"consent_needs_met":  {"yes": "yes", "no": "no"},
	"consent_datasets":   {"all": "all", "visits": "visits", "medications": "medications", "case status": "case_status", "allocated_teams": "allocated_teams"},
}

func isConsent(field string) bool { return strings.HasPrefix(field, "consent_") }

// asking is one request as it is about one person.
type asking struct {
	moment                       time.Time
	isClear, isComplete, isAble  bool
	mayRefuse, isOwn, isByParent bool
	isContradicted, isLacking    bool
	ageThen                      int
	decision                     string
	touches, clearly             map[string]bool
}

func (a asking) opens(dataset string) bool {
	return a.decision == "given" && a.isClear && a.isComplete && a.isAble && a.clearly[dataset]
}

func decide(h *history) verdict {
	v := verdict{open: map[int64]map[string]bool{}}
	unread, stops := h.unreadConsents()
	v.stops = stops
	same, restricted := h.records()
	askings := map[int64][]asking{}
	for id, records := range same {
		if p := h.person(id); p.given != "" || len(records) > 1 { // nobody else has asked about an id that is nobody's
			askings[id] = h.askings(p)
		}
	}
	carries := func(id int64) bool { // something that holds for every record of the same person
		for dataset := range datasets {
			if refuses(askings[id], dataset) {
				return true
			}
		}
		return restricted[id] || unread[id]
	}
	for _, r := range h.references {
		if others, unclear := h.others(r); r.lost == "" && unclear && len(others) == 0 && slices.ContainsFunc(same[r.person], carries) {
			v.stops = true // of two duplicates only one can be named
		}
	}
	h.readReferences(restricted, &v.stops)
	for _, p := range h.people {
		if p.lost != "" {
			continue
		}
		v.open[p.id] = map[string]bool{}
		for dataset, terms := range datasets {
			closed := false
			for _, id := range same[p.id] {
				closed = closed || restricted[id] || unread[id] || refuses(askings[id], dataset)
			}
			v.open[p.id][dataset] = !closed && (terms.gate == "objection" || granted(p, askings[p.id], dataset))
		}
	}
	return v
}

// refuses says whether a refusal stands: none of the later answers opens the dataset, or only a parent's over the child's own.
func refuses(askings []asking, dataset string) bool {
	return slices.ContainsFunc(askings, func(r asking) bool {
		return r.mayRefuse && r.touches[dataset] && !slices.ContainsFunc(askings, func(later asking) bool {
			return later.moment.After(r.moment) && later.opens(dataset) && !(r.isOwn && later.isByParent)
		})
	})
}

// granted says whether the latest asking opens a dataset that is asked for each time, and still does.
func granted(p person, askings []asking, dataset string) bool {
	var latest []asking
	for _, a := range askings {
		switch {
		case !a.touches[dataset]:
		case len(latest) == 0 || a.moment.After(latest[0].moment):
			latest = []asking{a}
		case a.moment.Equal(latest[0].moment):
			latest = append(latest, a)
		}
	}
	for _, a := range latest {
		outgrown := a.isByParent && (a.isLacking && age(p.birth, asAt) >= 18 || !a.isLacking && a.ageThen < 16 && age(p.birth, asAt) >= 16)
		if !a.opens(dataset) || a.isContradicted || outgrown || !asAt.Before(a.moment.Add(window)) {
			return false
		}
	}
	return len(latest) > 0
}

func age(birth, at time.Time) int {
	years := at.Year() - birth.Year()
	if at.Month() < birth.Month() || at.Month() == birth.Month() && at.Day() < birth.Day() {
		years--
	}
	return years
}

// people are those whom a group may name, and inStep those whom it names as people.
func (h *history) group(id int64) (people, named []int64) {
	for _, m := range h.members {
		if m.lost != "" || m.group != id || m.kind == "ORG" {
			continue
		}
		people = append(people, m.person)
		if m.kind == "PER" {
			named = append(named, m.person)
		}
	}
	return people, named
}

// request is a step that asks for consent, or any id under which somebody recorded a decision.
type request struct {
	id        int64
	step      *step // nil where it is not there or cannot be read
	isConsent bool
	answers   []answer
}

func (h *history) requests() (all []request) {
	byID := map[int64]*request{}
	of := func(id int64) *request {
		if byID[id] == nil {
			byID[id] = &request{id: id}
		}
		return byID[id]
	}
	for i, s := range h.steps {
		if s.lost == "" {
			r := of(s.id)
			r.step, r.isConsent = &h.steps[i], s.kind == consentStep
		}
	}
	for _, a := range h.answers {
		if a.lost == "" && isConsent(a.field) {
			of(a.step).answers = append(of(a.step).answers, a)
		}
	}
	for _, r := range byID {
		if r.isConsent || slices.ContainsFunc(r.answers, func(a answer) bool { return a.field == "consent_decision" }) {
			all = append(all, *r)
		}
	}
	return all
}

// about says whether a request is about a person, whether that is clear, and which answers count for them.
func (h *history) about(r request, who int64) (is, isClear bool, answers []answer) {
	people, inStep := map[int64]bool{}, map[int64]bool{}
	if r.step != nil {
		all, named := h.group(r.step.group)
		for _, id := range all {
			people[id] = true
		}
		for _, id := range named {
			inStep[id] = true
		}
	}
	for _, a := range r.answers {
		all, _ := h.group(a.group)
		for _, id := range all {
			people[id] = true
		}
	}
	named, doubtful, unnamed := map[int64]bool{}, map[int64]bool{}, true
	for _, a := range r.answers {
		if a.field != "consent_decision" {
			continue
		}
		if a.subject <= 0 {
			continue
		}
		named[a.subject], unnamed = true, false
		if !inStep[a.subject] || h.isParentThemselves(r, a) {
			doubtful[a.subject] = true
		}
	}
	for _, a := range r.answers {
		unnamed = unnamed || a.field == "consent_decision" && a.subject <= 0
	}
	isAlone := len(people) == 1 && inStep[who]
	isByAnother := len(doubtful) > 0 && people[who] && (!named[who] || doubtful[who])
	switch {
	case named[who]:
		is, isClear = true, !doubtful[who] && (!unnamed || isAlone)
	case unnamed && people[who]:
		is, isClear = true, isAlone
	}
	if isByAnother {
		is, isClear = true, false
	}
	for _, a := range r.answers {
		if isByAnother || a.subject <= 0 || a.subject == who {
			answers = append(answers, a)
		}
	}
	return is, isClear, answers
}

// isParentThemselves: a refusal that a parent decided, and whose subject is a grown-up.
func (h *history) isParentThemselves(r request, decision answer) bool {
	meaning := words["consent_decision"][strings.ToLower(decision.text)]
	if meaning == "given" || meaning == "not sought" {
		return false
	}
	for _, p := range h.people {
		if p.id == decision.subject && p.lost == "" && age(p.birth, asAt) >= 18 {
			return slices.ContainsFunc(r.answers, func(a answer) bool {
				return a.field == "consent_decided_by" && a.text == "parental responsibility" && (a.subject <= 0 || a.subject == decision.subject)
			})
		}
	}
	return false
}

func (h *history) askings(p person) (all []asking) {
	for _, r := range h.requests() {
		if is, isClear, answers := h.about(r, p.id); is {
			if a, counts := ask(p, r, isClear, answers); counts {
				all = append(all, a)
			}
		}
	}
	return all
}

// said are the meanings of a field's answers; a word that is not listed has the meaning "?".
func said(answers []answer, field string) (meanings []string) {
	for _, a := range answers {
		if a.field != field {
			continue
		}
		meaning, known := words[field][strings.ToLower(a.text)]
		if !known {
			meaning = "?"
		}
		if !slices.Contains(meanings, meaning) {
			meanings = append(meanings, meaning)
		}
	}
	return meanings
}

// one is the meaning of a field that was answered in one listed word only.
func one(meanings []string) string {
	if len(meanings) == 1 && meanings[0] != "?" {
		return meanings[0]
	}
	return ""
}

func ask(p person, r request, isClear bool, answers []answer) (a asking, counts bool) {
	decisions := said(answers, "consent_decision")
	a.decision, a.isClear = one(decisions), isClear
	known := slices.DeleteFunc(slices.Clone(decisions), func(word string) bool { return word == "?" })
	a.isContradicted = len(known) > 1
	a.mayRefuse = slices.ContainsFunc(decisions, func(word string) bool { return word == "?" || word == "refused" || word == "withdrawn" })
	if r.isConsent && len(decisions) == 0 {
		a.mayRefuse = !slices.Contains([]string{"STARTED", "INCOMING", "REOPENED", "CANCELLED", "DELETED", "PROPOSED"}, strings.ToUpper(r.step.status))
	}
	isDated, hasHappened := a.date(p, r, answers)
	if !hasHappened && !a.mayRefuse {
		return a, false
	}
	deciders, capacities, needs := said(answers, "consent_decided_by"), said(answers, "consent_capacity"), said(answers, "consent_needs_met")
	decider, capacity := one(deciders), one(capacities)
	a.isOwn = !slices.Contains([]string{"parent", "attorney", "best interests"}, decider)
	a.isByParent = decider == "parent"
	a.isLacking = capacity == "lacks"
	a.ageThen = age(p.birth, a.moment)
	isUnclear := len(capacities) > 0 && capacity == ""
	assessed := latest(answers, "consent_capacity_assessed_on")
	isAssessed := a.isLacking && !assessed.IsZero() && !day(assessed).After(day(a.moment))
	switch decider {
	case "self":
		a.isAble = a.ageThen >= 16 && !a.isLacking && !isUnclear
	case "gillick":
		a.isAble = a.ageThen < 16 && !a.isLacking && !isUnclear
	case "parent":
		a.isAble = a.ageThen < 16 || a.ageThen < 18 && a.isLacking
	case "attorney":
		a.isAble = a.ageThen >= 18 && isAssessed
	case "best interests":
		a.isAble = a.ageThen >= 16 && isAssessed
	}
	a.isComplete = r.isConsent && r.step.status == "COMPLETED" && isDated && len(deciders) > 0 && one(needs) == "yes"
	a.about(answers)
	return a, true
}

func day(at time.Time) time.Time { return at.Truncate(24 * time.Hour) }

func latest(answers []answer, field string) (last time.Time) {
	for _, a := range answers {
		if a.field == field && a.at.After(last) {
			last = a.at
		}
	}
	return last
}

// date gives the moment of an asking: the form's, else the end of its step, else its start, none of them in the future; else
// now; a step's date before the year 2000 is none. It is dated, for consent, only where nothing is in the future and the form says one moment. A form's date that cannot be
// true, before the birth, the year 2000 or a year before the step, does not make a refusal older than its step.
func (a *asking) date(p person, r request, answers []answer) (isDated, hasHappened bool) {
	form := latest(answers, "consent_asked_at")
	isTwice := slices.ContainsFunc(answers, func(other answer) bool {
		return other.field == "consent_asked_at" && !other.at.IsZero() && !other.at.Equal(form)
	})
	var started, completed time.Time
	if r.step != nil {
		started, completed = r.step.started, r.step.completed
	}
	last := completed
	if last.IsZero() {
		last = started
	}
	isPast := last.Year() >= 2000 && !last.After(asAt)
	isAhead := last.After(asAt)
	first := started
	if first.IsZero() {
		first = completed
	}
	isEarly := !form.IsZero() && (form.Before(p.birth) || form.Year() < 2000 || !first.IsZero() && form.Before(first.AddDate(0, 0, -366)))
	switch {
	case a.mayRefuse && isEarly:
		a.moment = asAt
		if isPast {
			a.moment = last
		}
		if form.After(a.moment) {
			a.moment = form
		}
		return false, true
	case !form.IsZero() && !form.After(asAt):
		a.moment = form
		return !isTwice && !isAhead, true
	case isPast:
		a.moment = last
		return form.IsZero(), true
	}
	a.moment = asAt
	return false, form.IsZero() && !isAhead
}

// about says which datasets an asking touches, and which clearly.
func (a *asking) about(answers []answer) {
	a.touches, a.clearly = map[string]bool{}, map[string]bool{}
	direction := one(said(answers, "consent_direction"))
	named := said(answers, "consent_datasets")
	if len(named) == 0 {
		named = []string{"none"}
	}
	for dataset, terms := range datasets {
		for _, name := range named {
			isOfDirection := direction == "" || direction == terms.direction
			if name == dataset || name == "?" || (name == "all" || name == "none") && isOfDirection {
				a.touches[dataset] = true
				a.clearly[dataset] = a.clearly[dataset] || name != "?" && name != "none" && direction == terms.direction
			}
		}
	}
}

// person is the record of an id, without a birth where it cannot be read or is nobody here.
func (h *history) person(id int64) person {
	for _, p := range h.people {
		if p.id == id && p.lost == "" {
			return p
		}
	}
	return person{id: id}
}

// others are the records that a reference names as duplicates, and whether it says that there is one and not which.
func (h *history) others(r reference) (others []int64, unclear bool) {
	if r.lost != "reference_type" && !strings.EqualFold(r.kind, "duplicate of") {
		return nil, false
	}
	if r.lost == "reference" {
		return nil, true
	}
	numbers := strings.FieldsFunc(r.text, func(c rune) bool { return c < '0' || c > '9' })
	if joined := strings.Join(numbers, ""); len(joined) == 10 {
		for _, p := range h.people {
			if p.lost == "" && p.number == joined {
				others = append(others, p.id)
			}
		}
		return others, len(others) == 0
	}
	if len(numbers) != 1 {
		return nil, true
	}
	other, err := strconv.ParseInt(numbers[0], 10, 64)
	return []int64{other}, err != nil
}

// readReferences closes the people of references that cannot be read or name no one record. A lost one must name both.
func (h *history) readReferences(restricted map[int64]bool, stops *bool) {
	for _, r := range h.references {
		others, unclear := h.others(r)
		if r.lost == "" && !unclear || r.lost != "" && len(others) == 0 && !unclear {
			continue
		}
		if r.lost != "person_id" {
			restricted[r.person] = true
		}
		if r.lost != "" {
			for _, other := range others {
				restricted[other] = true
			}
			*stops = *stops || unclear || r.lost == "person_id"
		}
	}
}

// records are the records of each person, with those that cannot be read or are nobody here, and those that something restricts.
func (h *history) records() (same map[int64][]int64, restricted map[int64]bool) {
	isOne := func(p, q person) bool {
		isAlike := p.given == q.given && p.birth.Equal(q.birth) && (p.home == q.home || p.home == "" || q.home == "")
		return p.id == q.id || p.number != "" && p.number == q.number || isAlike
	}
	same, restricted = map[int64][]int64{}, map[int64]bool{}
	join := func(id, other int64) bool {
		if slices.Contains(same[id], other) {
			return false
		}
		same[id] = append(same[id], other)
		return true
	}
	for _, r := range h.references {
		join(r.person, r.person)
	}
	for _, p := range h.people {
		join(p.id, p.id)
		for _, q := range h.people {
			if p.lost == "" && q.lost == "" && isOne(p, q) {
				join(p.id, q.id)
			}
			if q.lost == "" || p.lost != "" {
				continue
			}
			isNamed := p.given == q.given && (q.lost == "date_of_birth" || p.birth.Equal(q.birth))
			if isNumbered := q.lost != "nhs_id" && p.number != "" && p.number == q.number; isNamed || isNumbered {
				restricted[p.id] = true // a row that cannot be read may be another record of this person
			}
		}
		if p.lost == "" && p.marked != "N" || p.lost != "" && p.lost != "person_id" {
			restricted[p.id] = true
		}
	}
	for _, r := range h.references {
		if others, _ := h.others(r); r.lost == "" {
			for _, other := range others {
				join(r.person, other)
				join(other, r.person)
			}
		}
	}
	for grew := true; grew; {
		grew = false
		for id, records := range same {
			for _, other := range records {
				for _, further := range same[other] {
					grew = join(id, further) || grew
				}
			}
		}
	}
	// a row without its id may be the record that is missing among somebody's duplicates
	if slices.ContainsFunc(h.people, func(p person) bool { return p.lost == "person_id" }) {
		for id, records := range same {
			isMissing := func(other int64) bool { return other != id && h.person(other).given == "" }
			restricted[id] = restricted[id] || slices.ContainsFunc(records, isMissing)
		}
	}
	return same, restricted
}

// unreadConsents are the people about whom a lost row may hold a refusal, and whether one names nobody.
func (h *history) unreadConsents() (closed map[int64]bool, stops bool) {
	closed = map[int64]bool{}
	placed := map[int64]bool{} // groups that lost rows name
	place := func(step int64, group int64, subject int64) {
		var people, subjects []int64
		groups := []int64{group}
		for _, s := range h.steps {
			if s.id == step && step != 0 && s.lost != "workflow_step_id" && s.lost != "subgroup_id" {
				groups = append(groups, s.group)
			}
		}
		for _, a := range h.answers {
			if a.lost == "" && a.step == step && step != 0 && isConsent(a.field) {
				groups = append(groups, a.group)
				if a.subject > 0 {
					subjects = append(subjects, a.subject)
				}
			}
		}
		for _, g := range groups {
			if g != 0 {
				placed[g] = true
			}
			in, _ := h.group(g)
			people = append(people, in...)
		}
		if subject > 0 && slices.Contains(people, subject) {
			people, subjects = []int64{subject}, nil
		} else if subject > 0 {
			people = append(people, subject)
		}
		people = append(people, subjects...)
		for _, id := range people {
			closed[id] = true
		}
		stops = stops || len(people) == 0
	}
	left := func(lost, column string, value int64) int64 {
		if lost == column {
			return 0
		}
		return value
	}
	for _, s := range h.steps {
		if s.lost != "" && (s.kind == consentStep || s.lost == "workflow_step_type_id") {
			place(left(s.lost, "workflow_step_id", s.id), left(s.lost, "subgroup_id", s.group), 0)
		}
	}
	for _, a := range h.answers {
		if a.lost != "" && (isConsent(a.field) || a.lost == "mapping_id") {
			place(left(a.lost, "workflow_step_id", a.step), left(a.lost, "subgroup_id", a.group), left(a.lost, "subject_person_id", a.subject))
		}
	}
	groups := map[int64]bool{}
	for _, r := range h.requests() {
		if r.step != nil {
			groups[r.step.group] = true
		}
		for _, a := range r.answers {
			groups[a.group] = true
		}
	}
	for _, m := range h.members {
		isOfPeople := m.lost == "subject_type_code" || m.kind != "ORG"
		isOfConsent := m.lost == "subgroup_id" || groups[m.group] || placed[m.group]
		if m.lost == "" || !isOfPeople || !isOfConsent {
			continue
		}
		if m.lost == "subject_compound_id" {
			stops = true
		} else {
			closed[m.person] = true
		}
	}
	return closed, stops
}
