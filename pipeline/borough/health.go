package borough

import (
	"careshare/schedules/london"
	"errors"
	"fmt"
	"os"
	"time"
)

// healthSenders are the two who send bulk exports. They differ as real senders do: in the spelling of the code system of
// an NHS number's status, in their ids, their clocks, and in how much they hold of a patient.
func healthSenders(local *time.Location) []style {
	return []style{
		{sender: hospital, folder: "exchange", organisation: "Homerton Row Hospital", request: "https://exchange.example/fhir/Group/borough/$export",
			statusSystem: "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", zone: time.UTC, hasUUIDs: true,
			means: counts{patient: 1, medicationStatement: 5, medicationRequest: 9, condition: 5, allergyIntolerance: 2, immunization: 7, encounter: 11, appointment: 2, relatedPerson: 1}},
		{sender: community, folder: "community", organisation: "Marsh Lane Community Trust", request: "https://community.example/fhir/$export",
			statusSystem: "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus", zone: local,
			means: counts{patient: 1, medicationStatement: 3, medicationRequest: 2, condition: 2, allergyIntolerance: 1, immunization: 1, encounter: 5, appointment: 2, relatedPerson: 1}},
	}
}

// style is how one sender writes.
type style struct {
	sender       sender
	folder       string // below health/
	organisation string
	request      string // the export's kick-off request, for its manifest
	statusSystem string
	zone         *time.Location
	hasUUIDs     bool   // ids are UUIDs; else short local ones
	means        counts // resources of each type that a patient has on average
}

// resourcesPerFile is where a sender begins a type's next file.
const resourcesPerFile = 50_000

// health writes the bulk exports of all senders, and of each what was written.
type health struct {
	senders []*export
	truth   *healthTruth
	people  uint64 // lives seen: with the seed, what every draw is made from
}

func writeHealth(o Options) (writer, error) {
	local, err := london.Zone()
	if err != nil {
		return nil, err
	}
	truth, err := openHealthTruth(o)
	if err != nil {
		return nil, fmt.Errorf("write health truth: %w", err)
	}
	h := &health{truth: truth}
	for _, s := range healthSenders(local) {
		x, err := openExport(o, s, truth)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("write health/%s: %w", s.folder, err), h.close())
		}
		h.senders = append(h.senders, x)
	}
	return h, nil
}

func (h *health) add(l *life) error {
	h.people++
	for _, x := range h.senders {
		if l.senders&x.style.sender == 0 {
			continue
		}
		if err := x.add(l, h.people); err != nil {
			return fmt.Errorf("write health/%s: %w", x.style.folder, err)
		}
	}
	return nil
}

func (h *health) close() (err error) {
	for _, x := range h.senders {
		err = errors.Join(err, x.close())
	}
	return errors.Join(err, h.truth.close(h.senders))
}

// makeFolder makes a folder that only its owner may read: the files look like those of real people.
func makeFolder(path string) error { return os.MkdirAll(path, 0o700) }
