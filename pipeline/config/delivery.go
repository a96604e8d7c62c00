package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/reports/delivery"
)

// Delivery says who gets the reports of schedules.yaml, and how.
type Delivery struct {
	Spool      string               `yaml:"spool"`       // folder of what waits and of the ledger; empty: deliveries/ in the lake
	Recipients map[string]Recipient `yaml:"recipients"`  // by the name that schedules.yaml uses
	FailuresTo []string             `yaml:"failures_to"` // recipients of the digest of what failed; empty: nobody
	Attempts   int                  `yaml:"attempts"`    // in all
	RetryAfter time.Duration        `yaml:"retry_after"` // before the second attempt, doubled before each other, at most 6h
	Mail       MailServer           `yaml:"mail"`
}

// Recipient is where one of them gets reports.
type Recipient struct {
	Mail         []string `yaml:"mail"`         // addresses
	Folder       string   `yaml:"folder"`       // each report in a folder of its own inside
	Identifiable bool     `yaml:"identifiable"` // the folder may hold reports about people; else it gets their place only, as mail does
}

// MailServer is the way that mail leaves: STARTTLS and a certificate that can be verified are required.
type MailServer struct {
	Server       string   `yaml:"server"` // host:port
	From         string   `yaml:"from"`
	User         string   `yaml:"user"`            // empty: the server asks for no password
	PasswordEnv  string   `yaml:"password_env"`    // name of the variable that holds it
	PasswordFile string   `yaml:"password_file"`   // or the file
	CAFile       string   `yaml:"ca_file"`         // PEM; empty: the system's authorities
	Domains      []string `yaml:"domains"`         // mail goes to addresses in these and to no other
	AttachUpToMB int      `yaml:"attach_up_to_mb"` // larger reports are told by their place
}

func defaultDelivery() Delivery {
	return Delivery{Attempts: 8, RetryAfter: 5 * time.Minute, Mail: MailServer{AttachUpToMB: 10}}
}

// paths are what may be relative to the configuration.
func (d *Delivery) paths(base string) {
	for _, path := range []*string{&d.Spool, &d.Mail.PasswordFile, &d.Mail.CAFile} {
		*path = ResolvePath(base, *path)
	}
	for name, r := range d.Recipients {
		r.Folder = ResolvePath(base, r.Folder)
		d.Recipients[name] = r
	}
}

// Validate reports every thing that is wrong.
func (d Delivery) Validate() error {
	var wrong []error
	if d.Attempts < 1 || d.Attempts > 100 || d.RetryAfter <= 0 || d.Mail.AttachUpToMB < 0 {
		wrong = append(wrong, errors.New("delivery: attempts must be between 1 and 100, retry_after above 0, mail.attach_up_to_mb not negative"))
	}
	needsMail := false
	for _, name := range slices.Sorted(maps.Keys(d.Recipients)) {
		r := d.Recipients[name]
		if len(r.Mail) == 0 && r.Folder == "" {
			wrong = append(wrong, fmt.Errorf("delivery.recipients.%s: needs mail or folder", name))
		}
		for i, address := range r.Mail {
			needsMail = true
			if err := d.Mailer().MayReceive(address); err != nil {
				wrong = append(wrong, fmt.Errorf("delivery.recipients.%s.mail[%d]: %w: see delivery.mail.domains", name, i, err))
			}
		}
	}
	for _, name := range d.FailuresTo {
		if _, known := d.Recipients[name]; !known {
			wrong = append(wrong, fmt.Errorf("delivery.failures_to: unknown recipient %s", name))
		}
	}
	if needsMail {
		wrong = append(wrong, d.Mail.validate())
	}
	return errors.Join(wrong...)
}

func (m MailServer) validate() error {
	var wrong []error
	if _, port, found := strings.Cut(m.Server, ":"); !found || port == "" {
		wrong = append(wrong, errors.New("delivery.mail.server: name host:port"))
	}
	if (delivery.Mail{Domains: []string{m.From[strings.LastIndexByte(m.From, '@')+1:]}}).MayReceive(m.From) != nil {
		wrong = append(wrong, errors.New("delivery.mail.from: name a plain mail address"))
	}
	if m.User != "" && (m.PasswordEnv == "") == (m.PasswordFile == "") {
		wrong = append(wrong, errors.New("delivery.mail: give one of password_env, password_file; a password does not belong here"))
	}
	return errors.Join(wrong...)
}

// mail is the way out as the delivery package knows it.
func (d Delivery) Mailer() delivery.Mail {
	m := d.Mail
	return delivery.Mail{
		Server: m.Server, From: m.From, User: m.User, CAFile: m.CAFile, Domains: m.Domains, Timeout: time.Minute, Password: m.password,
	}
}

// password is read when it is needed: until it is there, the delivery is tried again.
func (m MailServer) password() (string, error) {
	if m.PasswordEnv != "" {
		if password := os.Getenv(m.PasswordEnv); password != "" {
			return password, nil
		}
		return "", fmt.Errorf("the variable %s is empty", m.PasswordEnv)
	}
	content, err := os.ReadFile(m.PasswordFile)
	password := strings.TrimSpace(string(content))
	if err == nil && password == "" {
		err = fmt.Errorf("the file %s is empty", m.PasswordFile)
	}
	return password, err
}

// Spool is where the deliveries of a configuration wait and are recorded.
func (c Config) Spool() *delivery.Spool {
	return delivery.OpenSpool(cmp.Or(c.Delivery.Spool, filepath.Join(c.Lake, "deliveries")), len(c.Delivery.FailuresTo) > 0)
}
