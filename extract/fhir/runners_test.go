package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/extract/fhir"
)

// The other runners, pinned; each is installed once, in a folder of its own in the user's cache.
const (
	medplumVersion = "5.2.13"
	fhir4dsVersion = "0.0.17"
)

// TestShippedViewsOnOtherRunners runs the shipped views, as they stand, on other runners of SQL-on-FHIR views, and compares every value of
// every row with ours.
func TestShippedViewsOnOtherRunners(t *testing.T) {
	views, _ := filepath.Abs("../../sql/views")
	data, _ := filepath.Abs("testdata/ukcore")
	for name, run := range map[string]func() *exec.Cmd{
		"medplum": func() *exec.Cmd {
			modules := installed(t, "medplum-"+medplumVersion, "npm", "install", "--silent", "--no-save", "--ignore-scripts", "--prefix", "FOLDER", "@medplum/core@"+medplumVersion)
			return exec.Command("node", "testdata/runners/medplum.mjs", views, data, modules)
		},
		"fhir4ds": func() *exec.Cmd {
			packages := installed(t, "fhir4ds-"+fhir4dsVersion, "python3", "-m", "pip", "install", "--quiet", "--target", "FOLDER", "fhir4ds-v2=="+fhir4dsVersion)
			command := exec.Command("python3", "testdata/runners/run_fhir4ds.py", views, data)
			command.Env = append(os.Environ(), "PYTHONPATH="+packages)
			return command
		},
	} {
		t.Run(name, func(t *testing.T) {
			command := run()
			var faults bytes.Buffer
			command.Stderr = &faults
			out, err := command.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, faults.String())
			}
			var rows map[string][]map[string]any
			if err := json.Unmarshal(out, &rows); err != nil {
				t.Fatal(err)
			}
			for _, v := range shipped(t) {
				tables, db, _, err := readFolder(t, data, v)
				if err != nil {
					t.Fatal(err)
				}
				ours, err := query(db, "select * exclude (sender) from '"+tables[v.Name].Path+"'")
				if err != nil {
					t.Fatal(err)
				}
				theirs := map[string]map[string]any{}
				for _, row := range rows[v.Name] {
					theirs[idOf(row["id"])] = row
				}
				if len(ours) == 0 || len(theirs) != len(ours) {
					t.Errorf("%s: %d rows, and ours are %d", v.Name, len(theirs), len(ours))
					continue
				}
				for _, row := range ours {
					id := fmt.Sprint(row[0])
					for c, column := range v.Columns() {
						if slices.Contains(elsewhere[name], v.Name+" "+id+" "+column.Name) {
							continue
						}
						if got, want := seen(column, theirs[id][column.Name]), seen(column, row[c]); got != want {
							t.Errorf("%s %s, column %s: %s, and ours is %s", v.Name, id, column.Name, got, want)
						}
					}
				}
			}
		})
	}
}

// elsewhere are columns of rows that a runner leaves empty. Neither follows an absolute reference, and Medplum asks the first of several
// references alone.
var elsewhere = map[string][]string{
	"medplum": {"allergy_intolerance a4 patient_id", "condition c2 patient_id", "appointment t1 patient_id", "appointment t3 patient_id"},
	"fhir4ds": {"allergy_intolerance a4 patient_id", "condition c2 patient_id"},
}

// idOf is a key without its type: the standard leaves open what a key looks like.
func idOf(key any) string {
	text := fmt.Sprint(key)
	return text[strings.LastIndex(text, "/")+1:]
}

// installed is the folder that a client of a package registry has installed into, now or before. In CI it must.
func installed(t *testing.T, name string, command ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "careshare-tests", name)
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	part := folder + ".part"
	if err := os.MkdirAll(part, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, word := range command {
		if word == "FOLDER" {
			command[i] = part
		}
	}
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err == nil {
		err = os.Rename(part, folder)
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("%s cannot be installed: %v %s", name, err, out)
	} else if err != nil {
		t.Skipf("SKIPPED: %s cannot be installed: %v", name, err)
	}
	return folder
}

// seen is a value in one form for its column's type. join() of nothing was an empty string in earlier versions of the standard, and is
// nothing now: both are the same.
func seen(column fhir.Column, v any) string {
	typ := column.Type
	if at, is := v.(time.Time); is {
		return at.UTC().Format(time.RFC3339Nano)
	}
	text, is := v.(string)
	switch {
	case v == nil || is && text == "":
		return "nothing"
	case is && strings.Contains("DATE TIMESTAMPTZ", typ):
		return moment(typ, strings.Replace(text, " ", "T", 1))
	case is && (column.Name == "id" || strings.HasSuffix(column.Name, "_id")):
		return idOf(text)
	}
	return fmt.Sprint(v)
}
