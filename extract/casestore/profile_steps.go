package casestore

import (
	"maps"
	"slices"
	"strings"
)

// stepWatch finds the types of steps whose forms ask what careshare looks for.
type stepWatch struct {
	typeOf    map[int64]int64  // by step
	count     map[int64]int64  // steps by type
	questions map[int64]string // code by mapping
	asked     map[[2]int64]bool
}

func newStepWatch() *stepWatch {
	return &stepWatch{map[int64]int64{}, map[int64]int64{}, map[int64]string{}, map[[2]int64]bool{}}
}

func (s *stepWatch) see(t table, row []value) {
	whole := func(name string) int64 {
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
		if i < 0 {
			return 0
		}
		n, _ := readWhole(strings.TrimSpace(row[i].String()))
		return n
	}
	switch t.name {
	case "dm_workflow_steps":
		typ := whole("workflow_step_type_id")
		s.typeOf[whole("workflow_step_id")] = typ
		s.count[typ]++
	case "dm_cached_form_questions":
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == "question_user_code" })
		if i >= 0 {
			s.questions[whole("mapping_id")] = strings.TrimSpace(row[i].String())
		}
	case "dm_cached_form_answers":
		s.asked[[2]int64{whole("workflow_step_id"), whole("mapping_id")}] = true
	}
}

// subjects are what a question's code may be about, by a part of it.
var subjects = []struct{ part, subject string }{
	{"consent", "consent"}, {"shar", "consent"}, {"refus", "consent"}, {"objection", "consent"},
	{"cpis", "CP-IS"}, {"cp_is", "CP-IS"},
	{"cld", "adult events"}, {"event_outcome", "adult events"}, {"service_type", "adult events"},
}

func subjectOf(question string) string {
	for _, s := range subjects {
		if strings.Contains(strings.ToLower(question), s.part) {
			return s.subject
		}
	}
	return ""
}

func (s *stepWatch) found() []StepProfile {
	byType := map[int64]map[string][]string{}
	for asked := range s.asked {
		question := s.questions[asked[1]]
		subject := subjectOf(question)
		typ, known := s.typeOf[asked[0]]
		if subject == "" || !known {
			continue
		}
		if byType[typ] == nil {
			byType[typ] = map[string][]string{}
		}
		byType[typ][subject] = add(byType[typ][subject], question)
	}
	var all []StepProfile
	for _, typ := range slices.Sorted(maps.Keys(byType)) {
		for _, subject := range slices.Sorted(maps.Keys(byType[typ])) {
			questions := byType[typ][subject]
			slices.Sort(questions)
			all = append(all, StepProfile{typ, s.count[typ], subject, questions})
		}
	}
	return all
}
