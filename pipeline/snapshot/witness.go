package snapshot

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"careshare/load/audit"
	"careshare/load/disk"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/spool"
	"careshare/reports"
	"careshare/reports/delivery"
)

// Witnessed says where a signed root went.
type Witnessed struct {
	Root      audit.Root `json:"root"`
	PublicKey string     `json:"public_key"`             // checks the signature; the auditors keep it
	File      string     `json:"file,omitempty"`         // that was written
	Mail      string     `json:"mail,omitempty"`         // delivery that waits in the spool, or went
	NewKey    string     `json:"new_key_file,omitempty"` // with --new-key
}

func (r Witnessed) Text(w io.Writer) {
	if r.NewKey != "" {
		fmt.Fprintf(w, "wrote %s\n", r.NewKey)
	} else {
		fmt.Fprintf(w, "signed the root of %s: %s\n", reports.Counted(r.Root.Size, "entry"), r.Root.Hash)
	}
	if r.File != "" {
		fmt.Fprintf(w, "wrote %s\n", r.File)
	}
	if r.Mail != "" {
		fmt.Fprintf(w, "mail %s: careshare deliver --list shows what waits\n", r.Mail)
	}
	fmt.Fprintf(w, "public key, for the auditors: %s\n", r.PublicKey)
}

// SignAndPut signs the log's root and puts it with the witness, or into a file.
func SignAndPut(ctx context.Context, con *console.Console, c config.Config, to string, newKey bool) (Witnessed, error) {
	switch {
	case c.Witness.KeyFile == "":
		return Witnessed{}, exit.Usage(fault.WithHint(errors.New("no key is configured"), "name witness.key_file in the configuration"))
	case newKey:
		return makeKey(c.Witness)
	case to == "" && !c.Witness.IsConfigured():
		return Witnessed{}, exit.Usage(fault.WithHint(errors.New("no place is configured"), "name witness.folder or witness.recipients, or add --to FILE"))
	}
	l, err := c.OpenLake(con.Now)
	if err != nil {
		return Witnessed{}, err
	}
	log, err := l.Log()
	if err != nil {
		return Witnessed{}, err
	}
	done, err := putRoot(con, c, log, to)
	if err != nil || done.Mail == "" {
		return done, err
	}
	_, err = spool.HandOverDue(ctx, con, c, nil)
	return done, err
}

// makeKey writes a new key where there is none.
func makeKey(w config.Witness) (Witnessed, error) {
	private, public, err := audit.NewWitnessKey(rand.Reader, "careshare")
	if err != nil {
		return Witnessed{}, err
	}
	return Witnessed{NewKey: w.KeyFile, PublicKey: public}, disk.WriteNew(w.KeyFile, strings.NewReader(private+"\n"))
}

// putRoot signs the log's root and writes it to a file, or else to every place of the configuration.
func putRoot(con *console.Console, c config.Config, log *audit.Log, to string) (done Witnessed, err error) {
	done.Root = log.Root()
	if done.Root.Size == 0 {
		return done, lake.ErrNoSnapshot
	}
	private, err := c.Witness.Key()
	if err != nil {
		return done, err
	}
	if done.PublicKey, err = audit.PublicKey(private); err != nil {
		return done, err
	}
	signed, err := done.Root.Sign(private)
	if err != nil {
		return done, err
	}
	if to != "" {
		done.File = to
		return done, disk.WriteNew(to, bytes.NewReader(signed))
	}
	if c.Witness.Folder != "" {
		done.File = filepath.Join(c.Witness.Folder, rootFile(done.Root.Size))
		if err := putSigned(done.File, signed); err != nil {
			return done, fault.Explain("write signed root", err)
		}
	}
	if len(c.Witness.Recipients) > 0 {
		done.Mail = strings.TrimSuffix(rootFile(done.Root.Size), rootSuffix)
		err = spoolRoot(con, c, done, signed)
	}
	return done, err
}

// WitnessPublication signs the root after a publication, where a place is configured.
func WitnessPublication(con *console.Console, c config.Config, l *lake.Lake) error {
	if !c.Witness.IsConfigured() {
		return nil
	}
	log, err := l.Log()
	if err == nil {
		_, err = putRoot(con, c, log, "")
	}
	if err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	return nil
}

// A signed root's file is called by its size, so that two roots of one size cannot both be there.
const (
	rootPrefix = "careshare-root-"
	rootSuffix = ".note"
)

func rootFile(size int64) string { return fmt.Sprintf("%s%012d%s", rootPrefix, size, rootSuffix) }

// putSigned writes a signed root that its folder's owner can read. Ed25519 signs alike each time, so what is there already is
// the same, or a sign of another log.
func putSigned(path string, signed []byte) error {
	there, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(there, signed):
		return nil
	case err == nil:
		return fault.Damaged("another root of this size is there, of another log or another key")
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := disk.WriteFrom(path, bytes.NewReader(signed)); err != nil {
		return err
	}
	return os.Chmod(path, 0o644)
}

// spoolRoot puts the signed root into the spool of deliveries, in the message and as a file.
func spoolRoot(con *console.Console, c config.Config, done Witnessed, signed []byte) error {
	scratch, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	file := filepath.Join(scratch, rootFile(done.Root.Size))
	if err := os.WriteFile(file, signed, 0o600); err != nil {
		return err
	}
	d := delivery.Delivery{
		ID: done.Mail, At: con.Now().UTC().Truncate(time.Second),
		Subject: fmt.Sprintf("careshare: audit log root, %s", reports.Counted(done.Root.Size, "entry")),
		Lines: append([]string{
			"Keep this message. It lets you prove that nobody has changed or removed an entry of the audit log up to now.",
			"To check, later: careshare verify --root FILE --public-key KEY, with the file attached and the public key that you were given.", "",
		}, strings.Split(strings.TrimSpace(string(signed)), "\n")...),
	}
	for _, name := range c.Witness.Recipients {
		for _, to := range spool.Handovers(c.Delivery, name, d.ID, true, true) {
			if to.Address != "" {
				d.To = append(d.To, to)
			}
		}
	}
	return c.Spool().Add(d, []string{file})
}

// newestWitness is the largest root that a place outside the lake has, and when it came there.
type newestWitness struct {
	Size int64     `json:"size"` // entries; 0: no place has any
	At   time.Time `json:"at"`
	Age  string    `json:"age,omitempty"`
}

// orNone is null where no place has a root.
func (w newestWitness) orNone() *newestWitness {
	if w.Size == 0 {
		return nil
	}
	return &w
}

func (w *newestWitness) words(isConfigured bool) string {
	switch {
	case !isConfigured:
		return "not configured: nobody outside could tell if the log were rewritten (see witness in the configuration)"
	case w == nil:
		return "no root yet; careshare witness writes one"
	}
	return fmt.Sprintf("root of %s, %s old", reports.Counted(w.Size, "entry"), w.Age)
}

// checkWitness proves that the log grew from every signed root of the witness's folder, and finds the newest that any place has.
func checkWitness(con *console.Console, c config.Config, log *audit.Log) (newest newestWitness, err error) {
	signed, err := signedRoots(c.Witness)
	if err != nil {
		return newest, err
	}
	for _, s := range signed {
		if err := log.Extends(s.root); err != nil {
			return newest, fault.Damaged(fmt.Sprintf("check witness: the audit log is not the continuation of %s: %v", s.name, err))
		}
		if s.root.Size > newest.Size {
			newest = newestWitness{Size: s.root.Size, At: s.at}
		}
	}
	if len(c.Witness.Recipients) > 0 {
		if err := newest.fromMail(c.Spool()); err != nil {
			return newest, err
		}
	}
	if newest.Size > 0 {
		newest.Age = reports.Age(con.Now().Sub(newest.At))
	}
	return newest, nil
}

// fromMail takes the newest root that mail has brought to somebody.
func (w *newestWitness) fromMail(spool *delivery.Spool) error {
	done, err := spool.Done(rootPrefix)
	for _, d := range done {
		size, wrong := strconv.ParseInt(strings.TrimPrefix(d.ID, rootPrefix), 10, 64)
		for _, to := range d.To {
			if wrong == nil && to.State == delivery.Delivered && size > w.Size {
				*w = newestWitness{Size: size, At: to.DeliveredAt}
			}
		}
	}
	return err
}

type signedRoot struct {
	name string
	root audit.Root
	at   time.Time // of its file
}

// signedRoots are those of the witness's folder, each with its signature checked.
func signedRoots(w config.Witness) (all []signedRoot, err error) {
	if w.Folder == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(w.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Explain("read witness", err)
	}
	public, err := w.PublicKey()
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), rootPrefix) || !strings.HasSuffix(entry.Name(), rootSuffix) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(w.Folder, entry.Name()))
		if err != nil {
			return nil, fault.Explain("read witness", err)
		}
		root, err := audit.OpenSigned(content, public)
		if err != nil {
			return nil, fault.Damaged("read witness " + entry.Name() + ": " + err.Error())
		}
		info, err := entry.Info()
		if err != nil {
			return nil, fault.Explain("read witness", err)
		}
		all = append(all, signedRoot{entry.Name(), root, info.ModTime()})
	}
	return all, nil
}

// notedRoot is what --root names: a root as it is written, or the file of a signed one, whose signature is checked.
func notedRoot(text, public string, config config.Witness) (string, error) {
	if _, err := (&audit.Log{}).ParseRoot(text); err == nil || errors.Is(err, audit.ErrUnknownRoot) {
		return text, nil
	}
	content, err := os.ReadFile(text)
	if err != nil {
		return "", exit.Usage(fault.WithHint(errors.New("--root: neither a root nor a file that can be read"), "give the hash that careshare status printed that day, SIZE HASH, or the file that careshare witness wrote"))
	}
	if public == "" && config.KeyFile == "" {
		return "", exit.Usage(fault.WithHint(errors.New("--root: the file is signed, and no key is given to check it"), "add --public-key"))
	}
	if public == "" {
		if public, err = config.PublicKey(); err != nil {
			return "", err
		}
	}
	root, err := audit.OpenSigned(content, public)
	if err != nil {
		return "", exit.Usage(err)
	}
	return fmt.Sprintf("%d %s", root.Size, root.Hash), nil
}

// hashOfRoot is the hash of a noted root, which a proof names too.
func hashOfRoot(noted string) string {
	words := strings.Fields(strings.NewReplacer(":", " ", ",", " ").Replace(noted))
	return cmp.Or(append(words, "")[max(len(words)-1, 0)], noted)
}
