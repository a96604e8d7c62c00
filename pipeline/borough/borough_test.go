package borough

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestSameSeedSameBorough(t *testing.T) {
	o := Options{People: 700, Seed: 11, AsAt: DefaultAsAt(), Errors: true, CaseStore: "csv"}
	first, again := made(t, o), made(t, o)
	if !maps.Equal(first, again) {
		for name := range first {
			if first[name] != again[name] {
				t.Errorf("%s differs", name)
			}
		}
		t.Errorf("%d files, then %d", len(first), len(again))
	}
	o.Seed = 12
	if other := made(t, o); other["case_store/dm_persons.csv"] == first["case_store/dm_persons.csv"] {
		t.Error("another seed gave the same people")
	}
}

// made are the hashes of a borough's files, by their place in it.
func made(t *testing.T, o Options) map[string][32]byte {
	t.Helper()
	o.To = t.TempDir()
	if err := Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	hashes := map[string][32]byte{}
	err := filepath.WalkDir(o.To, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(o.To, path)
			hashes[name] = hashOf(t, path)
			if info, err := os.Stat(path); err == nil && info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v", name, info.Mode().Perm())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hashes
}

func TestAChunkIsMadeAlone(t *testing.T) {
	o := Options{People: 1_000, Seed: 3, AsAt: DefaultAsAt(), Errors: true}
	number := 0
	for chunk := range o.chunks() {
		alone := newMaker(o).chunk(number)
		if !reflect.DeepEqual(plainly(alone), plainly(chunk)) {
			t.Errorf("chunk %d is another when it is made alone", number)
		}
		number++
	}
}

// plainly leaves out the ties between lives, which go round in circles.
func plainly(chunk []*life) (flat []life) {
	for _, l := range chunk {
		one := *l
		one.nextOfKin, one.care.relatives = nil, nil
		flat = append(flat, one)
	}
	return flat
}

// A borough has the shape of the real one: a tenth in an episode, a fifth with a past, 214 patients in a thousand.
func TestShape(t *testing.T) {
	count := map[string]int{}
	for chunk := range (Options{People: 30_000, Seed: 1, AsAt: DefaultAsAt()}).chunks() {
		for _, l := range chunk {
			switch {
			case l.isPerson() && l.isOpen:
				count["open"]++
			case l.isPerson() && len(l.care.episodes) > 0:
				count["past"]++
			}
			if l.isPerson() {
				count["persons"]++
			}
			if l.isPatient() {
				count["patients"]++
			}
			if l.isCPIS(DefaultAsAt()) {
				count["cpis"]++
			}
		}
	}
	for name, want := range map[string][2]int{"persons": {30_000, 30_000}, "open": {2_700, 3_300}, "past": {5_700, 7_100}, "patients": {5_500, 7_000}, "cpis": {100, 400}} {
		if got := count[name]; got < want[0] || got > want[1] {
			t.Errorf("%d %s, want %d to %d", got, name, want[0], want[1])
		}
	}
}

// The people are not kept: what is alive after many chunks is what was alive after a few.
func TestMemoryIsFlat(t *testing.T) {
	alive := func(people int) uint64 {
		var most uint64
		number := 0
		for range (Options{People: people, Seed: 1, AsAt: DefaultAsAt()}).chunks() {
			if number++; number%50 == 0 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		return most
	}
	if few, many := alive(5_000), alive(50_000); many > few+4<<20 {
		t.Errorf("%d KB are alive at 5,000 people and %d KB at 50,000", few>>10, many>>10)
	}
}

func TestValidate(t *testing.T) {
	good := Options{People: 1, AsAt: DefaultAsAt(), To: "x"}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for fault, change := range map[string]func(*Options){
		"people":     func(o *Options) { o.People = 0 },
		"as-at":      func(o *Options) { o.AsAt = time.Time{} },
		"folder":     func(o *Options) { o.To = "" },
		"case store": func(o *Options) { o.CaseStore = "oracle" },
	} {
		o := good
		change(&o)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestSmallBoroughs(t *testing.T) {
	for people := 1; people <= 7; people++ {
		for _, asAt := range []time.Time{DefaultAsAt(), time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)} {
			if len(made(t, Options{People: people, Seed: uint64(people), AsAt: asAt, Errors: true, CaseStore: "csv"})) == 0 {
				t.Errorf("%d people: nothing was made", people)
			}
		}
	}
}
