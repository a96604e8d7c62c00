// Package check looks at everything that a run needs, and says what to do.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"careshare/extract/casestore"
	"careshare/extract/fhir"
	"careshare/load/fault"
	"careshare/load/lake"
	"careshare/pipeline/config"
	"careshare/pipeline/console"
	"careshare/pipeline/exit"
	"careshare/pipeline/scheduling"
	"careshare/reports"
)

// Checked is what check looked at, a line each.
type Checked struct {
	Lines []checkedLine `json:"lines"`
}

// checkedLine is one thing that a run needs.
type checkedLine struct {
	Subject string `json:"subject"`
	OK      bool   `json:"ok"`
	Words   string `json:"words"` // what was found, or what to do
}

func (c Checked) Text(w io.Writer) {
	for _, line := range c.Lines {
		mark := "ok  "
		if !line.OK {
			mark = "FIX "
		}
		fmt.Fprintf(w, "%s %-14s %s\n", mark, line.Subject, line.Words)
	}
}

// Look looks at each thing that a run needs.
func Look(ctx context.Context, p *console.Console, path string, c config.Config, plan scheduling.Scheduler) Checked {
	var found Checked
	add := func(subject, words string, err error) {
		line := checkedLine{Subject: subject, OK: err == nil, Words: words}
		if err != nil {
			line.Words = exit.OneLine(err)
		}
		found.Lines = append(found.Lines, line)
	}
	add("configuration", path, nil)
	words, err := checkRules(c)
	add("rules", words, err)
	words, err = checkAgreement(p, c)
	add("agreement", words, err)
	for _, words := range exemptions(c) {
		add("exemption", words, nil)
	}
	found.Lines = append(found.Lines, checkSchedules(plan, c)...)
	words, err = checkCaseStore(ctx, c, p.Now())
	add("case store", words, missing(err, c.CaseStore.Location, "case_store.location"))
	for _, sender := range c.Health {
		words, err := checkSender(sender)
		add("health", words, missing(err, sender.Folder, "health: folder of "+sender.Name+", or remove the sender"))
	}
	for _, inbox := range []struct{ subject, folder string }{{"cpis", c.CPIS.Folder}, {"trace", c.Trace.Folder}, {"opt-out", c.OptOut.Folder}} {
		if inbox.folder == "" {
			add(inbox.subject, "not configured: this council does not have it", nil)
			continue
		}
		add(inbox.subject, inbox.folder, missing(isFolder(inbox.folder), inbox.folder, strings.ReplaceAll(inbox.subject, "-", "_")+".folder"))
	}
	if words, err := optOutEmpties(ctx, c, p.Now()); err == nil && words != "" { // what cannot be read is said above
		add("opt-out", "WARNING "+words, nil)
	}
	for _, inbox := range c.Inboxes() {
		unread, err := inbox.Unread()
		switch {
		case err != nil:
			add(inbox.Subject, "", err)
		case len(unread) > 0:
			add(inbox.Subject, fmt.Sprintf("WARNING %s that no rule takes, such as one ending in %s", reports.Counted(len(unread), "file"), filepath.Ext(unread[0])), nil)
		}
	}
	if c.Delivery.Mail.Server != "" {
		add("mail", c.Delivery.Mail.Server+" offers STARTTLS and takes the password", c.Delivery.Mailer().Check(ctx))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Delivery.Recipients)) {
		if folder := c.Delivery.Recipients[name].Folder; folder != "" {
			add("delivery", name+" in "+folder, mayBeFolder(folder))
		}
	}
	for _, u := range checkPseudonyms(c) {
		add("pseudonyms", "", fmt.Errorf("%s would not be published for %s: %s", strings.Join(u.Datasets, ", "), u.Audience, u.Why))
	}
	if c.Bucket != "" {
		l, err := c.OpenLake(p.Now)
		words := c.Bucket
		if err == nil {
			words = "read " + l.Address() + " into " + c.Lake
		}
		add("lake", words, err)
	}
	free, err := freeSpace(c)
	add("space", fmt.Sprintf("%d MB free for the lake", free>>20), err)
	return found
}

// missing says the next step where a source is not there, as just after careshare init.
func missing(err error, path, setting string) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fault.WithHint(fmt.Errorf("%s is not there yet", path), "put it there, or set "+setting)
}

// checkRules reports which of the council's rules decide, and those that may be out of date.
func checkRules(c config.Config) (string, error) {
	if _, err := c.Ruleset().Models(); err != nil {
		return "", err
	}
	overlay := c.Ruleset().Overlay
	if len(overlay) == 0 {
		return "the program's own", nil
	}
	words := reports.Counted(len(overlay), "file") + " of the council's in " + c.Rules
	for _, file := range overlay {
		if file.Stale != "" {
			words += "; WARNING " + file.Path + ": " + file.Stale + ", see careshare rules diff"
		}
	}
	return words, nil
}

func checkAgreement(p *console.Console, c config.Config) (string, error) {
	contracts, agreement, err := config.ReadTerms(c)
	if err != nil {
		return "", err
	}
	if models, err := c.Ruleset().Models(); err == nil { // the line of the rules says what is wrong with them
		if err := agreement.HoldUngated(contracts, models.AboutPeople); err != nil {
			return "", err
		}
	}
	inDate, err := agreement.InDate(p.Now())
	if err == nil && !inDate {
		err = fault.WithHint(fmt.Errorf("version %s is not in date, so nothing would be shared", agreement.Version), "review it and set review_on")
	}
	return fmt.Sprintf("version %s, %s, to be reviewed on %s%s", agreement.Version, reports.Counted(len(agreement.Datasets), "dataset"), agreement.ReviewOn,
		leftOut(contracts, agreement)), err
}

// exemptions are the audiences that the decisions about people do not apply to, each with its legal basis.
func exemptions(c config.Config) (lines []string) {
	_, agreed, err := config.ReadTerms(c)
	if err != nil {
		return nil // the line of the agreement says why
	}
	for _, x := range agreed.Exemptions() {
		lines = append(lines, fmt.Sprintf("%s is %s, %s: %s", x.Audience, x.Words(), reports.Counted(len(x.Datasets), "dataset"), x.LegalBasis))
	}
	return lines
}

// checkPseudonyms says what a run could not publish for want of a key.
func checkPseudonyms(c config.Config) []config.Unpublished {
	contracts, agreement, err := config.ReadTerms(c)
	if err != nil {
		return nil // said of the agreement
	}
	_, _, missing := config.WithKeys(c, agreement, contracts)
	return missing
}

func checkCaseStore(ctx context.Context, c config.Config, now time.Time) (string, error) {
	spill, err := os.MkdirTemp("", "careshare-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(spill)
	options, err := c.CaseStoreOptions(spill)
	if err != nil {
		return "", err
	}
	words := c.CaseStore.Kind + ", every table and column of the contract is there"
	options.Now = now
	options.Note = func(text string) { words += ", " + text }
	err = casestore.Check(ctx, options)
	return words, err
}

func isFolder(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a folder", path)
	}
	return err
}

// mayBeFolder takes a folder that is not there yet, since the first delivery makes it.
func mayBeFolder(path string) error {
	err := isFolder(path)
	if errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path {
		return mayBeFolder(filepath.Dir(path))
	}
	return err
}

// leastSpace is what a run of a borough of 280,000 people needs for its private folder and its snapshot.
const leastSpace = 4 << 30

// freeSpace is how many bytes the lake's disk has left; too few is an error.
func freeSpace(c config.Config) (uint64, error) {
	if _, err := lake.Open(c.Lake, nil); err != nil {
		return 0, err
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(c.Lake, &stat); err != nil {
		return 0, fmt.Errorf("lake: %w", err)
	}
	free := stat.Bavail * uint64(stat.Bsize)
	if free < leastSpace {
		return free, fault.WithHint(fmt.Errorf("%d MB free for the lake", free>>20), fmt.Sprintf("a run of a borough of 280,000 people wants %d MB", leastSpace>>20))
	}
	return free, nil
}

// checkSender looks at what a health sender has delivered, and at what of it no rule takes.
func checkSender(s config.Sender) (string, error) {
	survey, err := fhir.LookInto(s.Folder)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Name, err)
	}
	words := fmt.Sprintf("%s in %s: %s", s.Name, s.Folder, reports.Counted(survey.Files, "file"))
	for _, u := range survey.Unread {
		words += ", not read: " + u.String()
	}
	if survey.Files == 0 {
		return "", fault.WithHint(errors.New(words), "wait for the delivery, or take the sender out of the configuration: a run stops without it")
	}
	return words, nil
}
