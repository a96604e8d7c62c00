package pipeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"careshare/load"
	"careshare/sql"
)

// traceLines is the model that holds a run's request file.
const traceLines = "int_trace_lines"

// traceColumns are those of a PDS MESH request, in its order (24).
var traceColumns = [...]string{
	"UNIQUE REFERENCE", "NHS_NO", "FAMILY_NAME", "GIVEN_NAME", "OTHER_GIVEN_NAME", "GENDER", "DATE_OF_BIRTH", "POSTCODE",
	"DATE_OF_DEATH", "ADDRESS_LINE1", "ADDRESS_LINE2", "ADDRESS_LINE3", "ADDRESS_LINE4", "ADDRESS_LINE5", "ADDRESS_DATE",
	"GP_PRACTICE_CODE", "GP_REGISTRATION_DATE", "NHAIS_POSTING_ID", "AS_AT_DATE", "LOCAL_PATIENT_ID", "INTERNAL_ID",
	"TELEPHONE_NUMBER", "MOBILE_NUMBER", "EMAIL_ADDRESS",
}

// askOrWarn asks. For want of an outbox nothing that is published is taken back and no run is held up: the next one tries
// again, and whoever was not asked about is asked about anew when the request has waited too long.
func (j *job) askOrWarn(ctx context.Context, lake *load.Lake) string {
	path, err := j.ask(ctx, lake)
	if err != nil {
		fmt.Fprintln(j.stderr, "careshare: warning:", err)
	}
	return path
}

// ask puts the current snapshot's request file into the outbox, unless the log says that its moment's was put there. So it is
// written only after its run has published, once, and by the next start where a crash came between. It returns the
// file's path; empty where there was nothing to ask.
func (j *job) ask(ctx context.Context, lake *load.Lake) (path string, err error) {
	if j.config.Trace.Outbox == "" {
		return "", nil
	}
	kept, found, err := lake.Kept(ctx, traceLines)
	if err != nil || !found || *kept.File.Rows == 0 {
		return "", err
	}
	snapshot, err := lake.Current()
	if err != nil {
		return "", err
	}
	log, err := lake.Log()
	if err != nil || log.HasAsked(snapshot.ID) {
		return "", err
	}
	text, err := j.traceRequest(ctx, kept.Path)
	if err != nil {
		return "", fmt.Errorf("write trace request: %w", err)
	}
	digest := sha256.Sum256(text)
	name := "trace_request_" + snapshot.ID + ".csv"
	path = filepath.Join(j.config.Trace.Outbox, name)
	if err := putWhole(path, text); err != nil {
		return "", load.Explain("write trace request", err)
	}
	return path, lake.Asked(snapshot.ID, name, hex.EncodeToString(digest[:]), *kept.File.Rows)
}

// traceRequest is the request file: a header, then a line for each person.
func (j *job) traceRequest(ctx context.Context, parquet string) ([]byte, error) {
	spill, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(spill)
	db, err := j.config.openEngine(ctx, spill, filepath.Dir(parquet))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var text bytes.Buffer
	lines := csv.NewWriter(&text)
	lines.UseCRLF = true
	names := make([]string, len(traceColumns))
	for i, column := range traceColumns {
		names[i] = strings.ToLower(strings.ReplaceAll(column, " ", "_"))
	}
	query := fmt.Sprintf("select columns(*)::varchar from (select %s from read_parquet(%s) order by local_patient_id::bigint)",
		strings.Join(names, ", "), sql.Quote(parquet))
	err = errors.Join(lines.Write(traceColumns[:]), eachLine(ctx, db, query, lines.Write))
	lines.Flush()
	return text.Bytes(), errors.Join(err, lines.Error())
}

// eachLine hands on the rows of a query as texts; null is empty.
func eachLine(ctx context.Context, db *sql.DB, query string, line func([]string) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, fields := make([]any, len(columns)), make([]string, len(columns))
	for rows.Next() {
		for i := range cells {
			cells[i] = new(*string)
		}
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		for i, cell := range cells {
			fields[i] = ""
			if text := *cell.(**string); text != nil {
				fields[i] = *text
			}
		}
		if err := line(fields); err != nil {
			return err
		}
	}
	return rows.Err()
}

// putWhole writes a file that only its owner may read, in a folder that it makes where it is missing: whoever looks
// there sees all of it or nothing.
func putWhole(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(folder, ".careshare-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	opened, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}
