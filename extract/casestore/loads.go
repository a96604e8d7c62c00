package casestore

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a run does where the newest load of the partitions is incomplete.
const (
	incompleteStops    = "stop"     // and names what is missing
	incompletePrevious = "previous" // reads the newest complete load, and says so
)

const dateLayout = "20060102"

// parquetTable is what a folder holds of one table: files without a date, or loads by their import_date.
type parquetTable struct {
	name  string
	plain []parquetFile
	loads map[string]*load
}

// load is one table at one import_date.
type load struct {
	files       []parquetFile
	isFinished  bool // its writer left _SUCCESS
	isUnwritten bool // its writer still keeps _temporary
}

// parquetTables finds the files of each table of the contract.
func (o Options) parquetTables(root string, tables []table) (found []*parquetTable, err error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		var names []string
		for _, entry := range entries {
			if name := strings.ToLower(entry.Name()); name == o.called(t.name) || name == o.called(t.name)+".parquet" && !entry.IsDir() {
				names = append(names, entry.Name())
			}
		}
		switch len(names) {
		case 0: // bind names what is missing
		case 1:
			read, err := readParquetTable(root, t.name, names[0])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
			found = append(found, read)
		default:
			return nil, fmt.Errorf("%s: two files or folders have its name", t.name)
		}
	}
	return found, nil
}

// readParquetTable lists the files of one table in the order of their paths.
func readParquetTable(root, name, entry string) (*parquetTable, error) {
	t := &parquetTable{name: name, loads: map[string]*load{}}
	return t, filepath.WalkDir(filepath.Join(root, entry), func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() || strings.HasPrefix(file.Name(), ".") { // a dot: being written
			return err
		}
		folder, err := filepath.Rel(filepath.Join(root, entry), filepath.Dir(path))
		if err != nil {
			return err
		}
		if path == filepath.Join(root, entry) { // a file itself
			folder = "."
		}
		return t.add(strings.Split(filepath.ToSlash(folder), "/"), path)
	})
}

func (t *parquetTable) add(folders []string, path string) error {
	temporary := slices.Index(folders, "_temporary")
	if temporary >= 0 {
		folders = folders[:temporary]
	}
	date, err := importDate(folders)
	if err != nil {
		return err
	}
	of := &load{}
	if date != "" {
		if t.loads[date] == nil {
			t.loads[date] = of
		}
		of = t.loads[date]
	}
	name := filepath.Base(path)
	switch {
	case temporary >= 0:
		of.isUnwritten = true
	case name == "_SUCCESS":
		of.isFinished = true
	case strings.EqualFold(filepath.Ext(name), ".parquet"):
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		of.files = append(of.files, parquetFile{path, info})
	}
	if date == "" {
		t.plain = append(t.plain, of.files...)
		if of.isUnwritten {
			return errors.New("is still being written (_temporary)")
		}
	}
	return nil
}

// importDate reads the folders of a partition, as Hackney's data platform names them: import_year=2026, import_month=11,
// import_day=01, import_date=20261101. Other folders are refused: what they say would be lost.
func importDate(folders []string) (date string, err error) {
	parts := map[string]string{}
	for _, folder := range folders {
		key, of, isPartition := strings.Cut(folder, "=")
		switch {
		case folder == "." || folder == "":
		case !isPartition:
			return "", errors.New("holds a folder that is no import_date partition; careshare reads files of one load only")
		case !slices.Contains([]string{"import_year", "import_month", "import_day", "import_date"}, key):
			return "", errors.New("is partitioned by a key other than import_year, import_month, import_day and import_date; careshare takes no column from a path, so write that column into the files")
		default:
			parts[key] = of
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	at, err := time.Parse(dateLayout, strings.ReplaceAll(parts["import_date"], "-", ""))
	if err != nil {
		return "", errors.New("has a partition without an import_date such as 20261101")
	}
	for key, want := range map[string]int{"import_year": at.Year(), "import_month": int(at.Month()), "import_day": at.Day()} {
		if got, given := parts[key]; given {
			if n, err := strconv.Atoi(got); err != nil || n != want {
				return "", fmt.Errorf("has a partition whose %s contradicts its import_date %s", key, at.Format(dateLayout))
			}
		}
	}
	return at.Format(dateLayout), nil
}

// note says which load is read, and why it is not the newest.
func (o Options) note(date string, incomplete error) {
	if o.Note == nil {
		return
	}
	text := "load of " + date
	if incomplete != nil {
		text += "; WARNING " + incomplete.Error()
	}
	o.Note(text)
}

// tooOld refuses a load whose day is too long ago: a refusal since then would not be honoured.
func (o Options) tooOld(date string) error {
	at, err := time.Parse(dateLayout, date)
	if err != nil || o.OldestLoad == 0 || o.Now.Sub(at) <= o.OldestLoad {
		return err
	}
	days := int(o.Now.Sub(at).Hours() / 24)
	return fmt.Errorf("the newest complete load is of %s, %d days ago; deliver a new one, or raise case_store.oldest_load", date, days)
}

// newest chooses the files of every table: of one load where the tables are partitioned. An incomplete newest load is an error, or
// is passed over and noted where the council says so.
func (o Options) newest(root string, contract []table) (files map[string][]parquetFile, err error) {
	tables, err := o.parquetTables(root, contract)
	if err != nil {
		return nil, err
	}
	files = map[string][]parquetFile{}
	dates := map[string]bool{}
	var plain, partitioned []string
	for _, t := range tables {
		if len(t.plain) > 0 {
			plain, files[t.name] = append(plain, t.name), t.plain
		}
		if len(t.loads) > 0 {
			partitioned = append(partitioned, t.name)
		}
		for date := range t.loads {
			dates[date] = true
		}
	}
	if len(dates) == 0 {
		return files, nil
	}
	if len(plain) > 0 {
		return nil, fmt.Errorf("%s has files without a partition, and %s has partitions: all tables must be of one load", plain[0], partitioned[0])
	}
	newest := slices.Sorted(maps.Keys(dates))
	slices.Reverse(newest)
	var incomplete error
	for _, date := range newest {
		missing := missingOf(tables, date)
		if len(missing) == 0 {
			for _, t := range tables {
				files[t.name] = t.loads[date].files
			}
			o.note(date, incomplete)
			return files, o.tooOld(date)
		}
		if incomplete == nil {
			incomplete = fmt.Errorf("the load of %s is incomplete: %s", date, strings.Join(missing, "; "))
		}
		if o.IncompleteLoad != incompletePrevious {
			break
		}
	}
	return nil, fmt.Errorf("%w; wait for it, or set case_store.incomplete_load: previous", incomplete)
}

// missingOf names what a load lacks.
func missingOf(tables []*parquetTable, date string) (missing []string) {
	for _, t := range tables {
		of := t.loads[date]
		marks := slices.ContainsFunc(slices.Collect(maps.Values(t.loads)), func(l *load) bool { return l.isFinished })
		switch {
		case of == nil || len(of.files) == 0 && !of.isUnwritten:
			missing = append(missing, "no "+t.name)
		case of.isUnwritten:
			missing = append(missing, t.name+" is still being written (_temporary)")
		case marks && !of.isFinished:
			missing = append(missing, t.name+" lacks the _SUCCESS of its other loads")
		}
	}
	return missing
}
