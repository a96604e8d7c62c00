package borough

import (
	"encoding/csv"
	"errors"
	"os"
	"strconv"
)

// healthTruth says beside the extracts what is in them: health.csv (sender and type), health_patients.csv (each
// patient, with what a reader should end up with) and health_broken.csv (each line that cannot be taken).
type healthTruth struct {
	counts, patients, lines *truthFile
}

// keptOf is how many resources of one patient are left when repeats are merged, deletions applied and broken lines put aside.
type keptOf struct {
	of        counts
	confirmed int // of the conditions
}

func (k *keptOf) count(of kind, isKept bool, p *pen) {
	if !isKept {
		return
	}
	k.of[of]++
	if of == condition && p.isConfirmed {
		k.confirmed++
	}
}

func openHealthTruth(o Options) (*healthTruth, error) {
	if err := makeFolder(o.path("truth")); err != nil {
		return nil, err
	}
	counted, err1 := createTruth(o.path("truth", "health.csv"), "sender", "resource_type", "lines", "broken", "repeats", "distinct", "deleted", "kept")
	columns := []string{"sender", "patient_id", "person_id", "nhs_number"}
	for k := range kindCount {
		columns = append(columns, kind(k).String())
	}
	patients, err2 := createTruth(o.path("truth", "health_patients.csv"), append(columns, "ConfirmedCondition")...)
	lines, err3 := createTruth(o.path("truth", "health_broken.csv"), "sender", "file", "line", "damage")
	return &healthTruth{counted, patients, lines}, errors.Join(err1, err2, err3)
}

// patient notes one sender's patient; person_id is empty for a patient whom the council does not know.
func (t *healthTruth) patient(folder, id string, l *life, kept keptOf) error {
	row := []string{folder, id, "", l.nhsNumber}
	if l.isPerson() {
		row[2] = strconv.FormatInt(l.personID, 10)
	}
	if l.isNumberless {
		row[3] = ""
	}
	for _, n := range kept.of {
		row = append(row, strconv.Itoa(n))
	}
	return t.patients.write(append(row, strconv.Itoa(kept.confirmed))...)
}

func (t *healthTruth) brokenLine(folder, file string, line int64, d damage) error {
	return t.lines.write(folder, file, strconv.FormatInt(line, 10), string(d))
}

func (t *healthTruth) close(senders []*export) (err error) {
	for _, x := range senders {
		for k, n := range x.tally {
			row := []string{x.style.folder, kind(k).String()}
			for _, v := range []int64{n.lines, n.broken, n.repeats, n.distinct, n.deleted, n.distinct - n.deleted} {
				row = append(row, strconv.FormatInt(v, 10))
			}
			err = errors.Join(err, t.counts.write(row...))
		}
	}
	return errors.Join(err, t.counts.close(), t.patients.close(), t.lines.close())
}

// truthFile is one CSV file of the truth.
type truthFile struct {
	file *os.File
	csv  *csv.Writer
}

func createTruth(path string, header ...string) (*truthFile, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	t := &truthFile{f, csv.NewWriter(f)}
	return t, t.write(header...)
}

func (t *truthFile) write(row ...string) error { return t.csv.Write(row) }

func (t *truthFile) close() error {
	t.csv.Flush()
	return errors.Join(t.csv.Error(), t.file.Close())
}
