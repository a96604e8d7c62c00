package returns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
	"careshare/reports"
)

// SignedFiles is what became of the files that somebody signed off.
type SignedFiles struct {
	Return   string       `json:"return"`    // such as 903-2027
	SignedBy string       `json:"signed_by"` // of the newest sign-off
	SignedAt time.Time    `json:"signed_at"`
	What     string       `json:"what"` // the return and the day up to which it is known
	Snapshot string       `json:"snapshot"`
	Files    []signedFile `json:"files"` // by name
}

// signedFile is one file that was signed off, or that lies beside those.
type signedFile struct {
	Name string `json:"name"`
	Is   string `json:"is"` // as_signed, changed, missing, not_signed
}

func (s SignedFiles) Text(w io.Writer) {
	fmt.Fprintf(w, "%s, from snapshot %s, signed off by %s at %s; as signed: %d of %s\n",
		s.What, s.Snapshot, s.SignedBy, s.SignedAt.UTC().Format(time.RFC3339), len(s.Files)-s.Others(), reports.Counted(len(s.Files), "file"))
	for _, f := range s.Files {
		switch f.Is {
		case "changed":
			fmt.Fprintln(w, f.Name+": not the file that was signed off")
		case "missing":
			fmt.Fprintln(w, f.Name+": signed off and not there")
		case "not_signed":
			fmt.Fprintln(w, f.Name+": was never signed off")
		}
	}
}

// Others counts the files that are not as signed.
func (s SignedFiles) Others() (n int) {
	for _, f := range s.Files {
		if f.Is != "as_signed" {
			n++
		}
	}
	return n
}

// VerifySigned holds a folder's files against the hashes of the newest sign-off of the return's year in the audit log.
func VerifySigned(ctx context.Context, p *console.Console, c config.Config, o Options) (SignedFiles, error) {
	lake, _, manifest, err := snapshot.OpenChosen(p, c, snapshot.Choice{Snapshot: o.Snapshot})
	if err != nil {
		return SignedFiles{}, err
	}
	wanted, err := o.Window(manifest.AsAt)
	if err != nil {
		return SignedFiles{}, err
	}
	log, err := lake.Log()
	if err != nil {
		return SignedFiles{}, err
	}
	signed, there := log.SignedOff(signedFolder(wanted))
	if !there {
		return SignedFiles{}, fault.WithHint(fmt.Errorf("nobody has signed off return %s", wanted.Folder()), "--year names another year; --sign-off --by NAME signs")
	}
	files, err := heldAgainst(ctx, o.Verify, signed.Files)
	return SignedFiles{wanted.Folder(), signed.By, signed.At, signed.Note, signed.Run, files}, err
}

// heldAgainst says of each signed file, and of each other one in the folder, whether it is what was signed.
func heldAgainst(ctx context.Context, folder string, signed []audit.Held) (files []signedFile, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, exit.Usage(fault.Explain("read what was signed off", err))
	}
	for _, held := range signed {
		name := filepath.Base(held.Path)
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name })
		sum, _, err := disk.HashFile(ctx, filepath.Join(folder, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			files = append(files, signedFile{name, "missing"})
		case err != nil:
			return nil, fault.Explain("read what was signed off", err)
		case sum == held.SHA256:
			files = append(files, signedFile{name, "as_signed"})
		default:
			files = append(files, signedFile{name, "changed"})
		}
	}
	for _, other := range entries {
		files = append(files, signedFile{other.Name(), "not_signed"})
	}
	return files, nil
}

// signedFolder is where a snapshot holds the files of a window, which is how the log names them.
func signedFolder(p config.Period) string { return path.Join("reports", "returns", p.Folder()) }
