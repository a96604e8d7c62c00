package borough

import (
	"strings"
	"time"
)

// demographics writes a Patient (UK Core 2.6.1): the truth as the NHS holds it.
func (p *pen) demographics() {
	l, who := &p.line, p.patient
	l.open("identifier", '[')
	if who.hasNumber {
		p.nhsNumber(who.nhsNumber)
	}
	p.identifier("hospital-number")
	l.close("]")
	l.yes("active")
	p.names()
	if p.edition == newest && who.identity != sensitive {
		p.telecom()
	}
	l.text("gender", genderOf(who.gender))
	p.date("birthDate", who.birth, time.DateOnly)
	if !who.death.IsZero() {
		p.date("deceasedDateTime", who.death, time.DateOnly)
	}
	if who.identity != sensitive {
		p.home()
	}
	l.open("managingOrganization", '{')
	l.text("display", p.style.organisation)
	l.close("}")
}

// genderOf is the FHIR word for M, F and I.
func genderOf(gender string) string {
	switch gender {
	case "M":
		return "male"
	case "F":
		return "female"
	}
	return "other"
}

// nhsNumber writes the identifier with its verification status, the code system spelt as this sender spells it.
func (p *pen) nhsNumber(number string) {
	status := concept{"01", "Number present and verified"}
	if p.chance(12) {
		status = concept{"02", "Number present but not traced"}
	}
	l := &p.line
	l.open("", '{')
	l.open("extension", '[')
	l.open("", '{')
	l.text("url", "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus")
	l.open("valueCodeableConcept", '{')
	l.open("coding", '[')
	l.coding("", p.style.statusSystem, status.code, status.display)
	l.close("]}}]")
	l.text("system", systemNHSNumber)
	l.text("value", number)
	l.close("}")
}

// identifier writes the sender's own business identifier, an element of its own array.
func (p *pen) identifier(of string) {
	p.line.open("", '{')
	p.line.text("system", "https://"+p.style.folder+".example/id/"+of)
	p.line.text("value", "L-"+p.id)
	p.line.close("}")
}

// names writes the official name, the middle name as a given name of its own; at times in capitals, as older systems do.
func (p *pen) names() {
	l, who := &p.line, p.patient
	family := who.family
	if capitals := strings.ToUpper(family); p.chance(10) && strings.EqualFold(capitals, family) { // ı is lost in I
		family = capitals
	}
	l.open("name", '[')
	l.open("", '{')
	l.text("use", "official")
	l.text("family", family)
	l.open("given", '[')
	l.text("", who.given)
	l.text("", who.middle)
	l.close("]}]")
}

func (p *pen) telecom() {
	p.line.open("telecom", '[')
	p.phone()
	p.line.close("]")
}

// phone writes a number of the ranges kept for drama, which ring nobody.
func (p *pen) phone() {
	number := []byte("07700900000")
	for i := 8; i < len(number); i++ {
		number[i] = '0' + byte(p.rng.IntN(10))
	}
	p.line.open("", '{')
	p.line.text("system", "phone")
	p.line.text("value", string(number))
	p.line.text("use", "mobile")
	p.line.close("}")
}

// home writes the current address; at times the postcode has lost its space.
func (p *pen) home() {
	l, postcode := &p.line, p.patient.address.postcode
	if p.chance(10) {
		postcode = strings.ReplaceAll(postcode, " ", "")
	}
	l.open("address", '[')
	l.open("", '{')
	l.text("use", "home")
	l.open("line", '[')
	l.text("", p.patient.address.line)
	l.close("]")
	l.text("postalCode", postcode)
	l.close("}]")
}
