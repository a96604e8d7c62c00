package borough

import (
	"math/rand/v2"
	"strconv"
	"time"
)

// kind is a FHIR resource type that the senders send.
type kind uint8

const (
	patient kind = iota
	medicationStatement
	medicationRequest
	condition
	allergyIntolerance
	immunization
	encounter
	appointment
	relatedPerson
	kindCount
)

// counts holds a number for each type.
type counts [kindCount]int

func (k kind) String() string {
	return [kindCount]string{"Patient", "MedicationStatement", "MedicationRequest", "Condition", "AllergyIntolerance",
		"Immunization", "Encounter", "Appointment", "RelatedPerson"}[k]
}

// edition says which of two versions of a resource is written.
type edition bool

const (
	newest   edition = false
	outdated edition = true // sent before; something in it has changed since
)

// registered is a life as one sender knows it.
type registered struct {
	*life
	id        string // of the Patient resource
	hasNumber bool
}

// pen writes one sender's resources, one at a time, into one buffer. All that it draws comes from the seed, the sender and the
// resource's key, so a resource can be written again, and the borough made again, with the same bytes.
type pen struct {
	line    line
	style   style
	asAt    time.Time
	seed    uint64
	source  *rand.PCG
	rng     *rand.Rand
	words   vocabulary
	patient registered

	id          string // of the resource being written
	edition     edition
	first       time.Time // when the older edition of it was last changed
	damage      damage    // what is wrong with the line being written; "" nothing
	isConfirmed bool      // the condition just written is a confirmed one
}

func newPen(o Options, s style) pen {
	p := pen{style: s, asAt: o.AsAt, seed: o.Seed<<8 | uint64(s.sender), source: rand.NewPCG(0, 0), words: newVocabulary()}
	p.rng = rand.New(p.source)
	return p
}

// seen is the life as this sender registers it.
func (p *pen) seen(l *life, number uint64) registered {
	return registered{life: l, id: p.idOf(patient, number<<12|uint64(patient)<<8), hasNumber: !l.isNumberless}
}

// countOf draws how many resources of a type the patient has: 0 to twice the mean, evenly; of the patient, one.
func (p *pen) countOf(k kind, number uint64) int {
	if k == patient {
		return 1
	}
	p.source.Seed(p.seed, number<<4|uint64(k))
	return p.rng.IntN(2*p.style.means[k] + 1)
}

// begin draws for the resource as a whole: its id, and what befalls it.
func (p *pen) begin(k kind, key uint64) {
	p.id = p.idOf(k, key)
	p.source.Seed(p.seed, ^key)
}

// idOf gives a resource's id, different for each key: a UUID whose last 48 bits are the key, or a short local id.
func (p *pen) idOf(k kind, key uint64) string {
	if !p.style.hasUUIDs {
		return k.String()[:3] + "." + strconv.FormatUint(key, 36)
	}
	p.source.Seed(p.seed, key)
	high, low := p.rng.Uint64(), p.rng.Uint64()
	b := make([]byte, 0, 36)
	b = hexadecimal(b, high>>32, 8)
	b = hexadecimal(append(b, '-'), high>>16, 4)
	b = hexadecimal(append(b, '-', '4'), high, 3)
	b = hexadecimal(append(b, '-', "89ab"[low>>62]), low>>48, 3)
	return string(hexadecimal(append(b, '-'), key, 12))
}

// hexadecimal appends the lowest digits of v.
func hexadecimal(b []byte, v uint64, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		b = append(b, hexDigits[v>>(4*i)&15])
	}
	return b
}

// render writes the resource whose key is given into the buffer, with its line end.
func (p *pen) render(k kind, key uint64, e edition) {
	p.edition = e
	p.id = p.idOf(k, key)
	p.source.Seed(p.seed, key)
	p.line.b = p.line.b[:0]
	p.head(k)
	switch k {
	case patient:
		p.demographics()
	case medicationStatement:
		p.medicationStatement()
	case medicationRequest:
		p.medicationRequest()
	case condition:
		p.condition()
	case allergyIntolerance:
		p.allergyIntolerance()
	case immunization:
		p.immunization()
	case encounter:
		p.encounter()
	case appointment:
		p.appointment()
	case relatedPerson:
		p.relatedPerson()
	}
	p.line.close("}\n")
}

// head writes what every resource has. Damage to a line is done here, in elements that no reader can do without.
func (p *pen) head(k kind) {
	l := &p.line
	l.open("", '{')
	if p.damage == otherType {
		l.text("resourceType", "Observation")
	} else {
		l.text("resourceType", k.String())
	}
	l.text("id", p.id)
	at := p.updated()
	switch p.damage {
	case wrongType:
		l.text("meta", "1")
		return
	case notAnInstant:
		l.open("meta", '{')
		l.text("lastUpdated", "last Tuesday")
	default:
		l.open("meta", '{')
		p.instant("lastUpdated", at)
	}
	p.security(k)
	l.open("profile", '[')
	l.name("")
	l.b = append(append(append(append(l.b, '"'), profileUKCore...), k.String()...), '"')
	l.close("]}")
}

// updated draws when this edition of the resource was last changed, within some 400 days before as-at, and remembers
// what the older one has: nothing that the resource tells can be later. Both editions draw alike.
func (p *pen) updated() time.Time {
	minutes := min(400*24*60, int(p.asAt.Sub(p.patient.birth)/time.Minute))
	at := p.asAt.Add(-time.Duration(24*60+p.rng.IntN(max(1, minutes-24*60))) * time.Minute)
	p.first = at.Add(-time.Duration(1+p.rng.IntN(20*24*60)) * time.Minute)
	if p.first.Before(p.patient.birth) { // a newborn's
		p.first, at = p.patient.birth, at.Add(p.patient.birth.Sub(p.first))
	}
	if p.edition == outdated {
		return p.first
	}
	return at
}

// security marks a Patient whom the spine treats as sensitive (confidentiality R).
func (p *pen) security(k kind) {
	if k == patient && p.patient.identity == sensitive {
		p.line.open("security", '[')
		p.line.coding("", terminologyHL7+"v3-Confidentiality", "R", "restricted")
		p.line.close("]")
	}
}

// instant writes a moment in the sender's own time zone, with its offset.
func (p *pen) instant(key string, at time.Time) {
	p.line.name(key)
	p.line.b = append(p.line.b, '"')
	p.line.b = at.In(p.style.zone).AppendFormat(p.line.b, "2006-01-02T15:04:05.000Z07:00")
	p.line.b = append(p.line.b, '"')
}

// date writes a FHIR dateTime as exact as the layout: 2006-01-02, 2006-01 or 2006.
func (p *pen) date(key string, at time.Time, layout string) {
	p.line.name(key)
	p.line.b = append(p.line.b, '"')
	p.line.b = at.AppendFormat(p.line.b, layout)
	p.line.b = append(p.line.b, '"')
}

// past draws a moment of the patient's last ten years alive, before the resource was written.
func (p *pen) past() time.Time {
	end := p.first
	if d := p.patient.death; !d.IsZero() && d.Before(end) {
		end = d
	}
	start := end.AddDate(-10, 0, 0)
	if start.Before(p.patient.birth) {
		start = p.patient.birth
	}
	minutes := max(1, int(end.Sub(start)/time.Minute))
	return start.Add(time.Duration(p.rng.IntN(minutes)) * time.Minute).UTC()
}
