package flow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/snapshot"
	"careshare/sql"
)

// TraceColumns are those of a PDS MESH request, in its order (24).
var TraceColumns = [...]string{
	"UNIQUE REFERENCE", "NHS_NO", "FAMILY_NAME", "GIVEN_NAME", "OTHER_GIVEN_NAME", "GENDER", "DATE_OF_BIRTH", "POSTCODE",
	"DATE_OF_DEATH", "ADDRESS_LINE1", "ADDRESS_LINE2", "ADDRESS_LINE3", "ADDRESS_LINE4", "ADDRESS_LINE5", "ADDRESS_DATE",
	"GP_PRACTICE_CODE", "GP_REGISTRATION_DATE", "NHAIS_POSTING_ID", "AS_AT_DATE", "LOCAL_PATIENT_ID", "INTERNAL_ID",
	"TELEPHONE_NUMBER", "MOBILE_NUMBER", "EMAIL_ADDRESS",
}

// askOrWarn asks. Without an outbox nothing that is published is taken back and no run is held up: the next one tries
// again, and whoever was not asked about is asked about again when the request has waited too long.
func (j *Job) askOrWarn(ctx context.Context, lake *lake.Lake) string {
	path, err := j.ask(ctx, lake)
	if err != nil {
		fmt.Fprintln(j.Stderr, "careshare: warning:", err)
	}
	return path
}

// ask puts the current snapshot's request file into the outbox, unless the log says that its moment's was put there. So it is
// written only after its run has published, once, and by the next start where a crash came between. It returns the
// file's path; empty where there was nothing to ask.
func (j *Job) ask(ctx context.Context, lake *lake.Lake) (path string, err error) {
	if j.Config.Trace.Outbox == "" {
		return "", nil
	}
	kept, found, err := lake.Kept(ctx, snapshot.TraceLines)
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
	path = filepath.Join(j.Config.Trace.Outbox, name)
	if err := disk.WriteFrom(path, bytes.NewReader(text)); err != nil {
		return "", fault.Explain("write trace request", err)
	}
	return path, lake.Asked(snapshot.ID, name, hex.EncodeToString(digest[:]), *kept.File.Rows)
}

// traceRequest is the request file: a header, then a line for each person.
func (j *Job) traceRequest(ctx context.Context, parquet string) ([]byte, error) {
	db, err := j.Config.OpenAside(ctx, filepath.Dir(parquet))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var text bytes.Buffer
	lines := csv.NewWriter(&text)
	lines.UseCRLF = true
	names := make([]string, len(TraceColumns))
	for i, column := range TraceColumns {
		names[i] = strings.ToLower(strings.ReplaceAll(column, " ", "_"))
	}
	query := fmt.Sprintf("select columns(*)::varchar from (select %s from %s order by local_patient_id::bigint)",
		strings.Join(names, ", "), sql.ParquetFile(parquet))
	if err := lines.Write(TraceColumns[:]); err != nil {
		return nil, err
	}
	for line, err := range sql.Texts(ctx, db, query) {
		if err != nil {
			return nil, err
		}
		if err := lines.Write(line); err != nil {
			return nil, err
		}
	}
	lines.Flush()
	return text.Bytes(), lines.Error()
}
