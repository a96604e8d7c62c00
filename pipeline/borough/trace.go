package borough

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

// traceColumns are the 29 of a PDS batch trace response, then the five scores that some services add (health.md 2.4).
func traceColumns() []string {
	return []string{"UNIQUE REFERENCE", "REQ_NHS_NUMBER", "FAMILY_NAME", "GIVEN_NAME", "OTHER_GIVEN_NAME", "GENDER", "DATE_OF_BIRTH",
		"DATE_OF_DEATH", "ADDRESS_LINE1", "ADDRESS_LINE2", "ADDRESS_LINE3", "ADDRESS_LINE4", "ADDRESS_LINE5", "POSTCODE",
		"GP_PRACTICE_CODE", "GP_REGISTRATION_DATE", "NHAIS_POSTING_ID", "AS_AT_DATE", "LOCAL_PATIENT_ID", "INTERNAL_ID",
		"TELEPHONE_NUMBER", "MOBILE_NUMBER", "EMAIL_ADDRESS", "SENSITIVITY_FLAG", "MPS_ID", "ERROR/SUCCESS_CODE", "MATCHED_NHS_NO",
		"MATCHED_ALGORITHM_INDICATOR", "MATCHED_CONFIDENCE_PERCENTAGE",
		"ALGORITHMIC_TRACE_FAMILY_NAME_SCORE_PERC", "ALGORITHMIC_TRACE_GIVEN_NAME_SCORE_PERC", "ALGORITHMIC_TRACE_DOB_SCORE_PERC",
		"ALGORITHMIC_TRACE_GENDER_SCORE_PERC", "ALGORITHMIC_TRACE_POSTCODE_SCORE_PERC"}
}

// requiredColumns are how many of them every file has.
const requiredColumns = 29

// trace writes the response files of the batch traces.
type trace struct {
	o       Options
	rng     *rand.Rand
	batches [2]*traceBatch
	last    int64 // the person answered for before
	truth   *truthFile
}

// traceBatch is one batch's run of files.
type traceBatch struct {
	date    time.Time
	files   int
	open    *traceFile
	answers int // written so far, in all its files
	strays  int // rows that nobody asked for, likewise
}

// traceFile is one response file, with its own order of columns.
type traceFile struct {
	name                           string
	file                           *os.File
	csv                            *csv.Writer
	columns                        []string
	rows, refused, broken, unasked int
}

// answersPerFile is where a batch's next file begins; oneInPlanted answers is followed by a row that is out of order.
const (
	answersPerFile = 20_000
	oneInPlanted   = 400
)

func writeTrace(o Options) (writer, error) {
	t := &trace{o: o, rng: rand.New(rand.NewPCG(o.Seed, 'T'))}
	for i, date := range traceBatches(o.AsAt) {
		t.batches[i] = &traceBatch{date: date}
	}
	err := errors.Join(makeFolder(o.path("trace", "inbox")), makeFolder(o.path("truth")))
	if err != nil {
		return nil, err
	}
	t.truth, err = createTruth(o.path("truth", "trace.csv"), "file", "rows", "answers", "refused", "broken", "unasked")
	return t, err
}

func (t *trace) add(l *life) error {
	for _, a := range l.trace {
		if err := t.answer(l, a, t.batches[a.batch]); err != nil {
			return fmt.Errorf("write trace/inbox: %w", err)
		}
	}
	if len(l.trace) > 0 {
		t.last = l.personID
	}
	return nil
}

// answer writes the row of one answer, at times followed by one that is out of order.
func (t *trace) answer(l *life, a answered, b *traceBatch) error {
	if err := t.ready(b); err != nil {
		return err
	}
	row := t.row(l, a, b.date)
	b.answers++
	if err := b.open.write(row); err != nil {
		return err
	}
	if a.code == "00" && t.last != 0 && b.answers >= b.strays*oneInPlanted+5 {
		b.strays++
		if err := b.open.stray(row, t.last, b.strays); err != nil {
			return err
		}
	}
	if t.o.Errors && b.answers%oneInPlanted == oneInPlanted/2 {
		if err := b.open.tear(); err != nil {
			return err
		}
	}
	return nil
}

// row is the answer by column name. What PDS knows comes back where it found the person; of a sensitive person
// no location does, of anybody else nothing.
func (t *trace) row(l *life, a answered, date time.Time) map[string]string {
	row := map[string]string{
		"UNIQUE REFERENCE": reference(l.personID, date), "REQ_NHS_NUMBER": l.recorded.nhsID, "AS_AT_DATE": date.Format("20060102"),
		"LOCAL_PATIENT_ID": strconv.FormatInt(l.personID, 10), "ERROR/SUCCESS_CODE": a.code, "MATCHED_NHS_NO": a.number,
	}
	if l.recorded.nhsID == "0" {
		row["REQ_NHS_NUMBER"] = "0000000000"
	}
	switch a.code {
	case "00", "90":
		row["ADDRESS_LINE1"], row["POSTCODE"] = l.address.line, l.address.postcode
		row["GP_PRACTICE_CODE"] = "Y9909" + digits(t.rng, 1)
		if !l.death.IsZero() {
			row["DATE_OF_DEATH"] = l.death.Format("20060102")
		}
	case "92":
		row["SENSITIVITY_FLAG"] = "S"
	default:
		return row
	}
	row["FAMILY_NAME"], row["GIVEN_NAME"], row["OTHER_GIVEN_NAME"] = l.family, l.given, l.middle
	row["DATE_OF_BIRTH"], row["GENDER"] = l.birth.Format("20060102"), traceGender(l.gender)
	row["MATCHED_ALGORITHM_INDICATOR"], row["MATCHED_CONFIDENCE_PERCENTAGE"] = t.step(l, a)
	return row
}

// step is the step of the trace that found the person: 1 cross-check, 3 alphanumeric, 4 algorithmic, and how sure it is.
func (t *trace) step(l *life, a answered) (indicator, confidence string) {
	switch {
	case l.recorded.nhsID == a.number:
		return "1", "100"
	case t.rng.IntN(2) == 0:
		return "3", "100"
	}
	return "4", fmt.Sprintf("%d.%02d", 90+t.rng.IntN(10), t.rng.IntN(100))
}

func reference(person int64, date time.Time) string {
	return strconv.FormatInt(person, 10) + "-" + date.Format("20060102")
}

func traceGender(gender string) string {
	switch gender {
	case "M":
		return "1"
	case "F":
		return "2"
	}
	return "9"
}

func (t *trace) close() (err error) {
	for _, b := range t.batches {
		err = errors.Join(err, t.finish(b))
	}
	return errors.Join(err, t.truth.close())
}
