package borough

import "time"

// life is one human being: the truth, what the council recorded of it, and what every other system knows.
// A life is made whole in its chunk and only read afterwards, by several writers at once.
type life struct {
	personID int64     // dm_persons.person_id; 0 is a patient whom the council does not know
	given    string    // true given name; middle names are in middle
	middle   string    // may be empty
	family   string    // true family name, as the NHS holds it
	birth    time.Time // true date of birth, midnight UTC
	death    time.Time // true date of death, midnight UTC; zero: alive
	gender   string    // true: M or F; I for neither
	address  address   // true, current
	language string    // first language, in English

	nhsNumber    string // the true, live number: ten digits, unique to the human, but see sharesNumber
	formerNumber string // the superseded number, where there was one
	sharesNumber bool   // an outsider whom one sender files under somebody else's number

	recorded recorded // what Mosaic holds; zero for an outsider
	identity identity // how the council's record of the NHS number came to be
	trace    []answered
	standing string // what the design's rules make of it: verified, traced, matched, held, none, conflict

	isOpen       bool   // at least one open episode at as-at, whether dead or not
	scope        string // open_episode, no_episode, died
	isUnreadable bool   // a required column of its dm_persons row is null: the row is quarantined

	senders      sender // who sends this person as a patient; 0: no patient
	isNumberless bool   // the senders hold no NHS number for the patient
	isOptedOut   bool   // national data opt-out: absent from the cleaned list

	protection  period // child protection plan; zero start: none
	lookedAfter period // period of being looked after; zero start: none

	nextOfKin *life  // of the same chunk; nil: none known
	kinship   string // what nextOfKin is to this person: partner, mother, father, daughter, son, sister, brother

	consents consents // what the person's consent requests come to

	care care // what the case store holds of the person besides the person's own row
}

// recorded is a person as Mosaic holds the person: near the truth, not always the truth.
type recorded struct {
	given, family string
	birth         time.Time // zero: blank
	death         time.Time // zero: none
	gender        string    // M, F, U, I; empty only where the row is to be quarantined
	nhsID         string    // digits as typed, "" none, "0" the sentinel 0000000000
	isRestricted  bool
	postcode      string
	slip          slip
}

// slip is the one slip of the pen that a record may hold besides its NHS number.
type slip string

const (
	noSlip         slip = ""
	swappedBirth   slip = "swapped_birth"    // day and month changed places
	mistypedBirth  slip = "mistyped_birth"   // another year
	blankBirth     slip = "blank_birth"      // no date of birth
	formerSurname  slip = "former_surname"   // the name before marriage
	blankGivenName slip = "blank_given_name" // no first name
	formerPostcode slip = "former_postcode"  // the move was never told
)

// period is half-open; a zero end is not ended.
type period struct{ start, end time.Time }

// sender is who sends health extracts.
type sender uint8

const (
	hospital  sender = 1 << iota // hospital and GP exchange
	community                    // community and mental health
)

// answered is one row of a trace response. The files' dates are those of traceBatches.
type answered struct {
	batch  int    // 0 the older file, 1 the newer
	code   string // 00 15 90 91 92 96 97 98
	number string // MATCHED_NHS_NO: "" where the service gives none, else digits, 0000000000 and 9999999999 included
}

// traceBatches are the dates of the two trace response files, oldest first.
func traceBatches(asAt time.Time) [2]time.Time {
	return [2]time.Time{asAt.AddDate(0, 0, -31), asAt.AddDate(0, 0, -1)}
}

// identity is how a person's NHS number came to be as it is, and with it what a run must make of it.
type identity string

const (
	heldVerified          identity = "held_verified"        // held, and the trace says the same
	heldPatientAgrees     identity = "held_patient_agrees"  // held, not traced, a patient with the number agrees
	heldAlone             identity = "held_alone"           // held, not traced, no patient has it
	heldPatientDiffers    identity = "held_patient_differs" // held, not traced, the patient agrees too little to be a match and too much to be a conflict
	heldNotFound          identity = "held_not_found"       // held, trace says 96, 97 or 98
	heldNotTraced         identity = "held_not_traced"      // held, trace says 15, a patient agrees
	superseded            identity = "superseded"           // the old number is held, trace says 90 and the new one
	mistypedTraced        identity = "mistyped_traced"      // one digit wrong, trace finds the true number
	transposedTraced      identity = "transposed_traced"    // two digits changed places, trace finds the true number
	mistypedUntraced      identity = "mistyped_untraced"    // one digit wrong, no answer, no patient
	missingTraced         identity = "missing_traced"
	missingLinkable       identity = "missing_linkable"        // no answer, one patient with the same name, birth date and postcode
	missingNotTraced      identity = "missing_not_traced"      // trace says 15, no patient
	missingNotFound       identity = "missing_not_found"       // trace says 96, 97 or 98, no patient
	missingUnasked        identity = "missing_unasked"         // no answer, no patient
	missingPatientDiffers identity = "missing_patient_differs" // no answer, one slip sets the patient apart: matched by probability, or put up for review
	sentinelTraced        identity = "sentinel_traced"
	sentinelUntraced      identity = "sentinel_untraced"   // no answer, no patient
	duplicateHolds        identity = "duplicate_holds"     // two records of one human hold the same number
	duplicateBlank        identity = "duplicate_blank"     // the second record of one human, without a number
	wrongNumber           identity = "wrong_number"        // the number of another patient is held
	wrongNumberTraced     identity = "wrong_number_traced" // the same, and the trace confirms the number
	traceDisagrees        identity = "trace_disagrees"     // held valid, trace says 00 with another number
	sendersDisagree       identity = "senders_disagree"    // another patient is filed under the person's number
	sensitive             identity = "sensitive"           // held, trace says 92
	invalidReplaced       identity = "invalid_replaced"    // trace says 91 and gives a number
	invalidUnreplaced     identity = "invalid_unreplaced"  // trace says 91 and gives zeros
	outsider              identity = "outsider"            // a patient whom the council does not know
)

func (l *life) isPerson() bool  { return l.personID != 0 }
func (l *life) isPatient() bool { return l.senders != 0 }

// isCPIS says whether the child is one whom the council uploads to CP-IS: on a plan or looked after at as-at.
func (l *life) isCPIS(asAt time.Time) bool {
	return l.protection.holds(asAt) || l.lookedAfter.holds(asAt)
}

// holds says whether the moment is in the period.
func (p period) holds(at time.Time) bool {
	return !p.start.IsZero() && !p.start.After(at) && (p.end.IsZero() || at.Before(p.end))
}

// address is one home.
type address struct{ line, postcode string }
