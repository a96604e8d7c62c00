package borough

// needGroups are the demo council's service user groups for children with the primary need codes of the census.
func needGroups() [][2]string {
	return [][2]string{{"Child: abuse or neglect", "N1"}, {"Child: own disability", "N2"}, {"Child: parent's disability or illness", "N3"},
		{"Child: family in acute stress", "N4"}, {"Child: family dysfunction", "N5"}, {"Child: behaviour", "N6"}, {"Child: low income", "N7"},
		{"Child: absent parenting", "N8"}, {"Child: to be decided", "NX"}}
}

// needGroup is the group of a need code.
func needGroup(code string) string {
	for _, group := range needGroups() {
		if group[1] == code {
			return group[0]
		}
	}
	return ""
}

// casework writes the steps of children in need. They come last and with numbers of their own, so that nothing else moves with them.
func (m *mosaic) casework(l *life) {
	m.source.Seed(m.Seed, uint64(l.personID)|1<<48)
	for _, s := range l.care.casework {
		m.caseStep(s)
	}
	if len(l.care.referrals) > 0 {
		m.disabilities(l)
		if l.care.misrecorded.upn == "nothing came of it" {
			m.row("dm_person_references", m.next("dm_person_references"), l.personID, "UPN unknown", "UN7")
		}
		if l.upn(m.Options) == "" && l.care.misrecorded.upn == "" && years(l.birth, m.now) >= 5 {
			m.row("dm_person_references", m.next("dm_person_references"), l.personID, "UPN unknown", m.pick("UN2", "UN3", "UN4", "UN5"))
		}
	}
}

// disabilities writes a child's, some of them several.
func (m *mosaic) disabilities(l *life) {
	codes := []string{"MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA"}
	m.random.Shuffle(len(codes), func(i, k int) { codes[i], codes[k] = codes[k], codes[i] })
	codes = codes[:m.between(1, 3)]
	if !m.chance(18) {
		codes = nil
	}
	if l.care.misrecorded.disabilities != nil {
		codes = l.care.misrecorded.disabilities
	}
	for _, code := range codes {
		m.row("dm_disabilities", m.next("dm_disabilities"), l.personID, code)
	}
}

// caseStep writes a step, its factors and what came of it.
func (m *mosaic) caseStep(s step) (id int64) {
	id, subgroup := m.workflowStep(s)
	for _, subject := range s.subjects {
		m.row("dm_subgroup_subjects", subgroup, subject, "PER")
	}
	if s.typeID == adopterApproval {
		m.form(id, subgroup, s.subjects[0]).says("return_fostering_for_adoption", [...]string{"Yes", "No"}[s.subjects[0]%2])
	}
	for _, factor := range s.factors {
		m.row("dm_cin_assess_factors", id, factor)
	}
	for _, next := range s.then {
		next.subjects = s.subjects
		m.row("dm_workflow_forwards", id, m.caseStep(next), "Y")
	}
	return id
}

// contactSources are who contacts children's social care, by their ids from 1.
func contactSources() []string {
	return []string{"Family member, relative or carer", "Schools", "Education services", "General practitioner (GP)", "Housing", "Police", "Other legal agency", "Anonymous"}
}
