package borough

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// export is one sender's bulk export while it is written.
type export struct {
	style   style
	o       Options
	folder  string
	truth   *healthTruth
	pen     pen
	files   [kindCount]*rolled
	deleted *rolled
	tally   [kindCount]tally
	ghosts  uint64 // registrations opened by mistake so far
}

// tally is what one sender wrote of one type. lines = broken + repeats + distinct.
type tally struct {
	lines, broken, repeats, distinct int64
	deleted                          int64 // of the distinct ids, those that a deleted bundle names too
}

// One in this many resources is …
const (
	oneInRepeated = 60  // … sent again in a later file
	oneInDeleted  = 250 // … named in a deleted bundle as well, which Bulk Data forbids and senders do
	oneInBroken   = 700 // … a line that cannot be taken, in a type's first file
	oneInGhost    = 150 // … of patients, one opened by mistake and deleted again
)

func openExport(o Options, s style, truth *healthTruth) (*export, error) {
	x := &export{style: s, o: o, folder: o.path("health", s.folder), truth: truth, pen: newPen(o, s)}
	for k := range x.files {
		x.files[k] = &rolled{dir: x.folder, kind: kind(k).String(), stem: kind(k).String(), limit: resourcesPerFile}
	}
	x.deleted = &rolled{dir: x.folder, kind: "Bundle", stem: "deleted", limit: resourcesPerFile}
	return x, makeFolder(x.folder)
}

// add writes one patient and all that the sender holds of the patient. number is the place of the life in the borough.
func (x *export) add(l *life, number uint64) error {
	x.pen.patient = x.pen.seen(l, number)
	kept := keptOf{}
	for k := range kindCount {
		for n := range x.pen.countOf(kind(k), number) {
			taken, err := x.resource(kind(k), number<<12|uint64(k)<<8|uint64(n))
			if err != nil {
				return err
			}
			kept.count(kind(k), taken, &x.pen)
		}
	}
	if x.pen.chance(oneInGhost) {
		if err := x.ghost(number); err != nil {
			return err
		}
	}
	return x.truth.patient(x.style.folder, x.pen.patient.id, l, kept)
}

// resource writes one resource, once or twice or broken, and says whether a reader should end up with it.
func (x *export) resource(k kind, key uint64) (isKept bool, err error) {
	x.pen.begin(k, key)
	if x.pen.chance(oneInBroken) && k != patient && x.mayBreak(k) {
		return false, x.broken(k, key)
	}
	isRepeated := x.pen.chance(oneInRepeated)
	isDeleted := k != patient && x.pen.chance(oneInDeleted)
	if isRepeated {
		err = x.repeated(k, key)
	} else {
		err = x.write(k, key, newest)
	}
	if err == nil && isDeleted {
		err = x.delete(k, x.pen.id)
	}
	return !isDeleted, err
}

// repeated writes a resource into a first file and again into the later one: mostly older, then newer; at times
// the other way round, or the very same line twice. Whichever file it is in, the newest is the truth.
func (x *export) repeated(k kind, key uint64) error {
	first, second := outdated, newest
	switch x.pen.rng.IntN(4) {
	case 0:
		first, second = newest, outdated
	case 1:
		first, second = newest, newest
	}
	if err := x.write(k, key, first); err != nil {
		return err
	}
	x.pen.render(k, key, second)
	x.tally[k].lines++
	x.tally[k].repeats++
	return x.files[k].again(x.pen.line.b)
}

func (x *export) write(k kind, key uint64, e edition) error {
	x.pen.render(k, key, e)
	x.tally[k].lines++
	x.tally[k].distinct++
	return x.files[k].write(x.pen.line.b)
}

// mayBreak says whether the type's open file is one with broken lines: the first is, the others are whole, as where one
// transfer went wrong.
func (x *export) mayBreak(k kind) bool { return x.o.Errors && len(x.files[k].done) == 0 }

// broken writes a line that no reader can take, and notes where it is.
func (x *export) broken(k kind, key uint64) error {
	list := damages()
	if k == patient {
		list = slices.DeleteFunc(list, func(d damage) bool { return d == truncated }) // cut before its number, it stops a run
	}
	damage := list[x.tally[k].broken%int64(len(list))]
	x.pen.damage = damage
	x.pen.render(k, key, newest)
	x.pen.damage = ""
	x.pen.line.b = spoil(x.pen.line.b, damage)
	x.tally[k].lines++
	x.tally[k].broken++
	if err := x.files[k].write(x.pen.line.b); err != nil {
		return err
	}
	file, line := x.files[k].place()
	return x.truth.brokenLine(x.style.folder, file, line, damage)
}

// delete writes one line of the deleted file: a transaction bundle (Bulk Data 3.0.0, "Deleted Data") that names one
// resource of this export, and one of an earlier export that this one does not hold.
func (x *export) delete(k kind, id string) error {
	x.tally[k].deleted++
	l := &x.pen.line
	l.b = l.b[:0]
	l.open("", '{')
	l.text("resourceType", "Bundle")
	l.text("id", "deleted-"+id)
	l.text("type", "transaction")
	l.open("entry", '[')
	for _, gone := range []string{id, "gone-" + id} {
		l.open("", '{')
		l.open("request", '{')
		l.text("method", "DELETE")
		l.text("url", k.String()+"/"+gone)
		l.close("}}")
	}
	l.close("]}\n")
	return x.deleted.write(l.b)
}

// ghost writes a registration that was opened by mistake beside the patient's own, without an NHS number, and takes it back; or,
// now and then, one whose line is broken. Real patients' lines are never broken: the truth about a person stands on them.
func (x *export) ghost(number uint64) error {
	x.ghosts++
	own := x.pen.patient
	defer func() { x.pen.patient = own }()
	key := number<<12 | uint64(patient)<<8 | 255
	x.pen.begin(patient, key)
	x.pen.patient.id, x.pen.patient.hasNumber = x.pen.id, false
	if x.ghosts%3 == 0 && x.mayBreak(patient) {
		return x.broken(patient, key)
	}
	if err := x.write(patient, key, newest); err != nil {
		return err
	}
	return x.delete(patient, x.pen.id)
}

// close ends all files and writes the manifest, which speaks of every one.
func (x *export) close() error {
	outputs, failed := []output{}, error(nil)
	for _, f := range x.files {
		written, err := f.close()
		outputs, failed = append(outputs, written...), errors.Join(failed, err)
	}
	deleted, err := x.deleted.close()
	if failed = errors.Join(failed, err); failed != nil {
		return fmt.Errorf("write health/%s: %w", x.style.folder, failed)
	}
	return writeManifest(x.folder, x.style.request, x.o.AsAt.Add(-time.Hour), outputs, append([]output{}, deleted...))
}

// chance is true once in n times.
func (p *pen) chance(n int) bool { return p.rng.IntN(n) == 0 }
