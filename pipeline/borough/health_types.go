package borough

import "time"

// subject writes the reference to the patient.
func (p *pen) subject(key string) { p.line.reference(key, "Patient", p.patient.id) }

// medicine writes a dm+d concept; at times only in words, for what dm+d does not hold.
func (p *pen) medicine() {
	m := oneOf(p.rng, p.words.medicines)
	if p.chance(25) {
		p.line.open("medicationCodeableConcept", '{')
		p.line.text("text", m.display)
		p.line.close("}")
		return
	}
	p.line.concept("medicationCodeableConcept", systemDMD, m.code, m.display)
}

func (p *pen) ownIdentifier() {
	p.line.open("identifier", '[')
	p.identifier("record")
	p.line.close("]")
}

func (p *pen) medicationStatement() {
	status := oneOf(p.rng, []string{"active", "active", "active", "completed", "stopped", "on-hold", "entered-in-error"})
	if p.edition == outdated {
		status = "active"
	}
	p.ownIdentifier()
	p.line.text("status", status)
	p.medicine()
	p.subject("subject")
	from := p.past()
	if p.chance(8) {
		p.date("effectiveDateTime", from, oneOf(p.rng, []string{time.DateOnly, "2006-01", "2006"}))
	} else {
		p.line.open("effectivePeriod", '{')
		p.instant("start", from)
		p.line.close("}")
	}
	p.date("dateAsserted", from, time.DateOnly)
	p.dosage("dosage")
}

func (p *pen) dosage(key string) {
	p.line.open(key, '[')
	p.line.open("", '{')
	p.line.text("text", oneOf(p.rng, p.words.dosages))
	p.line.close("}]")
}

func (p *pen) medicationRequest() {
	status := oneOf(p.rng, []string{"active", "active", "completed", "completed", "stopped", "cancelled", "entered-in-error"})
	if p.edition == outdated {
		status = "active"
	}
	p.ownIdentifier()
	p.line.text("status", status)
	p.line.text("intent", oneOf(p.rng, []string{"order", "order", "order", "plan"}))
	p.medicine()
	p.subject("subject")
	p.instant("authoredOn", p.past())
	p.dosage("dosageInstruction")
	p.line.open("substitution", '{')
	p.line.yes("allowedBoolean")
	p.line.close("}")
}

// condition writes a diagnosis. One in two says that it is confirmed; one of which nothing is said is not confirmed.
func (p *pen) condition() {
	verification := oneOf(p.rng, []string{"confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "unconfirmed",
		"provisional", "differential", "refuted", "entered-in-error", ""})
	clinical := oneOf(p.rng, []string{"active", "active", "inactive", "resolved"})
	p.isConfirmed = verification == "confirmed"
	if p.edition == outdated && p.isConfirmed {
		verification = "unconfirmed"
	} else if p.edition == outdated {
		verification = "confirmed"
	}
	if verification != "entered-in-error" { // R4 con-5: an error has no clinical status
		p.line.concept("clinicalStatus", terminologyHL7+"condition-clinical", clinical, "")
	}
	if verification != "" {
		p.line.concept("verificationStatus", terminologyHL7+"condition-ver-status", verification, "")
	}
	p.line.open("category", '[')
	p.line.concept("", terminologyHL7+"condition-category", "encounter-diagnosis", "Encounter Diagnosis")
	p.line.close("]")
	diagnosis := oneOf(p.rng, p.words.diagnoses)
	p.line.concept("code", systemSNOMED, diagnosis.code, diagnosis.display)
	p.subject("subject")
	from := p.past()
	p.onset(from)
	p.date("recordedDate", from, time.DateOnly)
}

// onset is exact, partial, a period, in words or not known.
func (p *pen) onset(from time.Time) {
	switch p.rng.IntN(8) {
	case 0:
		p.date("onsetDateTime", from, "2006")
	case 1:
		p.date("onsetDateTime", from, "2006-01")
	case 2:
		p.line.open("onsetPeriod", '{')
		p.date("start", from, time.DateOnly)
		p.line.close("}")
	case 3:
		p.line.text("onsetString", "since childhood")
	case 4:
	case 5:
		p.instant("onsetDateTime", from)
	default:
		p.date("onsetDateTime", from, time.DateOnly)
	}
}

func (p *pen) allergyIntolerance() {
	verification := oneOf(p.rng, []string{"confirmed", "confirmed", "confirmed", "unconfirmed", "refuted", "entered-in-error", ""})
	if p.edition == outdated {
		verification = "unconfirmed"
	}
	if verification != "entered-in-error" { // R4 ait-2
		p.line.concept("clinicalStatus", terminologyHL7+"allergyintolerance-clinical", oneOf(p.rng, []string{"active", "active", "resolved"}), "")
	}
	if verification != "" {
		p.line.concept("verificationStatus", terminologyHL7+"allergyintolerance-verification", verification, "")
	}
	p.line.text("criticality", oneOf(p.rng, []string{"low", "high", "unable-to-assess", ""}))
	allergy := oneOf(p.rng, p.words.allergies)
	p.line.concept("code", systemSNOMED, allergy.code, allergy.display)
	p.subject("patient")
	p.date("recordedDate", p.past(), time.DateOnly)
}

// immunization: what was not given says why (constraint ukcore-imm-001).
func (p *pen) immunization() {
	vaccine, refusal := oneOf(p.rng, p.words.vaccines), oneOf(p.rng, p.words.refusals)
	isGiven := !p.chance(12)
	switch {
	case isGiven && !p.chance(50):
		p.line.text("status", "completed")
	case isGiven:
		p.line.text("status", "entered-in-error")
	default:
		p.line.text("status", "not-done")
		p.line.concept("statusReason", systemSNOMED, refusal.code, refusal.display)
	}
	p.line.concept("vaccineCode", systemSNOMED, vaccine.code, vaccine.display)
	p.subject("patient")
	at := p.past()
	if p.chance(20) {
		p.line.text("occurrenceString", "before school")
	} else {
		p.date("occurrenceDateTime", at, time.DateOnly)
	}
	p.line.yes("primarySource")
	if isGiven && p.edition == newest {
		p.line.text("lotNumber", "LOT"+p.id[len(p.id)-6:])
	}
}

func (p *pen) encounter() {
	class := oneOf(p.rng, []concept{{"AMB", "ambulatory"}, {"AMB", "ambulatory"}, {"IMP", "inpatient encounter"}, {"EMER", "emergency"}, {"HH", "home health"}})
	visit := oneOf(p.rng, p.words.visits)
	isOver := !p.chance(20)
	p.ownIdentifier()
	if isOver && p.edition == newest {
		p.line.text("status", "finished")
	} else {
		p.line.text("status", "in-progress")
	}
	p.line.coding("class", systemActCode, class.code, class.display)
	p.line.open("type", '[')
	p.line.concept("", systemSNOMED, visit.code, visit.display)
	p.line.close("]")
	p.subject("subject")
	p.line.open("period", '{')
	from := p.past()
	p.instant("start", from)
	if isOver {
		p.instant("end", from.Add(time.Duration(10+p.rng.IntN(600))*time.Minute))
	}
	p.line.close("}")
	p.line.open("serviceProvider", '{')
	p.line.text("display", p.style.organisation)
	p.line.close("}")
}

// appointment is within sixty days either way of the as-at moment, one in four within the coming fortnight.
func (p *pen) appointment() {
	status := oneOf(p.rng, []string{"booked", "booked", "booked", "arrived", "fulfilled", "cancelled", "noshow"})
	start := p.asAt.Add(time.Duration(p.rng.IntN(120*24)-60*24) * time.Hour)
	if p.chance(4) {
		status, start = "booked", p.asAt.Add(time.Duration(1+p.rng.IntN(14*24-1))*time.Hour)
	}
	if p.edition == outdated {
		status = "pending"
	}
	service := oneOf(p.rng, p.words.services)
	p.line.text("status", status)
	p.line.open("serviceType", '[')
	p.line.concept("", systemSNOMED, service.code, service.display)
	p.line.close("]")
	p.instant("start", start)
	p.instant("end", start.Add(30*time.Minute))
	p.line.open("participant", '[')
	p.line.open("", '{')
	p.subject("actor")
	p.line.text("status", "accepted")
	p.line.close("}]")
}

// relatedPerson is the next of kin whom the council knows too, or somebody without a name.
func (p *pen) relatedPerson() {
	p.line.yes("active")
	p.subject("patient")
	kin := p.patient.nextOfKin
	p.line.open("relationship", '[')
	p.line.concept("", terminologyHL7+"v3-RoleCode", roleOf(p.patient.kinship), "")
	p.line.close("]")
	if kin != nil {
		p.line.open("name", '[')
		p.line.open("", '{')
		p.line.text("family", kin.family)
		p.line.open("given", '[')
		p.line.text("", kin.given)
		p.line.close("]}]")
	}
	if p.edition == newest {
		p.telecom()
	}
}

// roleOf is the HL7 v3 RoleCode of a kinship.
func roleOf(kinship string) string {
	switch kinship {
	case "mother":
		return "MTH"
	case "father":
		return "FTH"
	case "daughter", "son":
		return "CHILD"
	case "partner":
		return "DOMPART"
	case "sister":
		return "SIS"
	case "brother":
		return "BRO"
	}
	return "U"
}
