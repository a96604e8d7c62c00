package config

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"careshare/extract/mesh"
	"careshare/extract/mesh/mailbox"
	"careshare/pipeline/exit"
)

// Mesh is the council's mailbox in MESH. Without an endpoint nothing is sent or received by careshare itself.
type Mesh struct {
	Endpoint        string                  `yaml:"endpoint"`         // such as https://mesh-sync.spineservices.nhs.uk
	Mailbox         string                  `yaml:"mailbox"`          // id, in capitals
	PasswordEnv     string                  `yaml:"password_env"`     // name of the variable that holds the mailbox's password
	PasswordFile    string                  `yaml:"password_file"`    // or the file
	SharedKeyEnv    string                  `yaml:"shared_key_env"`   // name of the variable that holds the environment's key
	SharedKeyFile   string                  `yaml:"shared_key_file"`  // or the file
	CertificateFile string                  `yaml:"certificate_file"` // client certificate (PEM)
	KeyFile         string                  `yaml:"key_file"`         // its private key (PEM)
	CAFile          string                  `yaml:"ca_file"`          // NHS England's certificates (PEM); empty: the system's
	State           string                  `yaml:"state"`            // folder of the records of messages; empty: mesh/ in the lake
	Exchanges       map[string]MeshExchange `yaml:"exchanges"`        // by name
}

// MeshExchange is one kind of message. The names trace, opt_out, cpis, cpis_acknowledgements, cpis_notifications and
// cpis_inactive take their folders from the rest of the configuration.
type MeshExchange struct {
	Workflow  string   `yaml:"workflow"`  // workflow id that NHS England gave for it
	Owner     string   `yaml:"owner"`     // team or role that follows up failures
	Recipient string   `yaml:"recipient"` // mailbox to send to
	Outbox    string   `yaml:"outbox"`    // folder of files to send
	Match     string   `yaml:"match"`     // of their names, such as *.csv
	SendAs    string   `yaml:"send_as"`   // name that the recipient sees
	Keep      bool     `yaml:"keep"`      // leave files in the outbox once the recipient has them
	Senders   []string `yaml:"senders"`   // mailboxes that may send to us
	Folder    string   `yaml:"folder"`    // where received files are put
	SaveAs    string   `yaml:"save_as"`   // their names, with {message} or {request}
}

func (m Mesh) isConfigured() bool { return m.Endpoint != "" || m.Mailbox != "" || len(m.Exchanges) > 0 }

// resolveMesh makes the paths of mesh absolute, and fills in the folders of the exchanges that careshare knows.
func (c *Config) resolveMesh(base string) {
	for _, path := range []*string{&c.Mesh.PasswordFile, &c.Mesh.SharedKeyFile, &c.Mesh.CertificateFile, &c.Mesh.KeyFile, &c.Mesh.CAFile, &c.Mesh.State} {
		*path = ResolvePath(base, *path)
	}
	if c.Mesh.State == "" && c.Lake != "" && c.Bucket == "" {
		c.Mesh.State = filepath.Join(c.Lake, "mesh")
	}
	for name, e := range c.Mesh.Exchanges {
		e.Outbox, e.Folder = ResolvePath(base, e.Outbox), ResolvePath(base, e.Folder)
		c.Mesh.Exchanges[name] = c.withDefaults(name, e)
	}
}

// withDefaults gives an exchange that careshare knows the folders that its files come from and go to.
func (c Config) withDefaults(name string, e MeshExchange) MeshExchange {
	known := map[string]MeshExchange{
		"trace":                 {Outbox: c.Trace.Outbox, Match: "*.csv", Folder: under(c.Trace.Folder, "inbox"), SaveAs: "{message}.csv"},
		"cpis":                  {Outbox: c.CPIS.Outbox, Match: "*.xml"},
		"cpis_acknowledgements": {Folder: under(c.CPIS.Folder, "acknowledgements"), SaveAs: "{message}.xml"},
		"cpis_notifications":    {Folder: under(c.CPIS.Folder, "notifications"), SaveAs: "{message}.xml"},
		"cpis_inactive":         {Folder: under(c.CPIS.Folder, "inactive"), SaveAs: "{message}.xml"},
		"opt_out": {
			Outbox: c.OptOut.Folder, Match: "*.request.dat", Keep: true, SendAs: "{mailbox}-{ddmmyy}-{nnnn}.dat",
			Folder: c.OptOut.Folder, SaveAs: "{request}.reply.dat",
		},
	}[name]
	if e.Recipient != "" && e.Outbox == "" {
		e.Outbox, e.Match, e.Keep = known.Outbox, known.Match, known.Keep
		if e.SendAs == "" {
			e.SendAs = known.SendAs
		}
	}
	if len(e.Senders) > 0 && e.Folder == "" {
		e.Folder = known.Folder
		if e.SaveAs == "" {
			e.SaveAs = known.SaveAs
		}
	}
	if e.Folder != "" && e.SaveAs == "" {
		e.SaveAs = "{message}"
	}
	return e
}

func under(folder, name string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(folder, name)
}

// exchanges are what the mailbox exchanges, by name.
func (m Mesh) exchanges() (list []mailbox.Exchange) {
	for _, name := range slices.Sorted(maps.Keys(m.Exchanges)) {
		e := m.Exchanges[name]
		list = append(list, mailbox.Exchange{
			Name: name, WorkflowID: e.Workflow, Owner: e.Owner, Recipient: e.Recipient, Outbox: e.Outbox, Match: e.Match, SendAs: e.SendAs, Keep: e.Keep,
			Senders: e.Senders, Folder: e.Folder, SaveAs: e.SaveAs,
		})
	}
	return list
}

func (m Mesh) validate() error {
	if !m.isConfigured() {
		return nil
	}
	var wrong []error
	options := mesh.Options{
		Endpoint: m.Endpoint, Mailbox: m.Mailbox, Password: "given", SharedKey: "given", CertificateFile: m.CertificateFile, KeyFile: m.KeyFile, Random: rand.Reader,
	}
	if err := options.Validate(); err != nil {
		wrong = append(wrong, prefixed("mesh.", err))
	}
	if (m.PasswordEnv == "") == (m.PasswordFile == "") || (m.SharedKeyEnv == "") == (m.SharedKeyFile == "") {
		wrong = append(wrong, errors.New("mesh: give one of password_env, password_file and one of shared_key_env, shared_key_file"))
	}
	if len(m.Exchanges) == 0 {
		wrong = append(wrong, errors.New("mesh.exchanges: name what is exchanged, such as trace"))
	}
	for _, e := range m.exchanges() {
		if err := e.Validate(); err != nil {
			wrong = append(wrong, prefixed("mesh.exchanges."+e.Name+".", err))
		}
	}
	return errors.Join(wrong...)
}

// prefixed puts the place of a setting before each of several faults.
func prefixed(place string, err error) error {
	var faults []error
	for line := range strings.SplitSeq(err.Error(), "\n") {
		faults = append(faults, errors.New(place+line))
	}
	return errors.Join(faults...)
}

// Open opens the mailbox without connecting to MESH. version names this program in the handshake.
func (m Mesh) Open(version string, now func() time.Time) (*mailbox.Mailbox, *mesh.Client, error) {
	if !m.isConfigured() {
		return nil, nil, exit.Usage(errors.New("mesh: the configuration has no mailbox; see mesh: in careshare.yaml"))
	}
	password, err := secret("mesh.password", m.PasswordEnv, m.PasswordFile)
	if err != nil {
		return nil, nil, err
	}
	key, err := secret("mesh.shared_key", m.SharedKeyEnv, m.SharedKeyFile)
	if err != nil {
		return nil, nil, err
	}
	client, err := mesh.New(mesh.Options{
		Endpoint: m.Endpoint, Mailbox: m.Mailbox, Password: password, SharedKey: key,
		CertificateFile: m.CertificateFile, KeyFile: m.KeyFile, CAFile: m.CAFile, Random: rand.Reader, Version: version, Now: now,
	})
	if err != nil {
		return nil, nil, err
	}
	box, err := mailbox.Open(client, mailbox.Options{State: m.State, Exchanges: m.exchanges(), Now: now})
	return box, client, err
}

// secret reads a secret from a variable of the environment or from a file. Its errors name the place alone.
func secret(setting, variable, file string) (string, error) {
	if variable != "" {
		if value := os.Getenv(variable); value != "" {
			return value, nil
		}
		return "", exit.Usage(fmt.Errorf("%s_env: the variable %s is empty", setting, variable))
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", exit.Usage(fmt.Errorf("%s_file: %w", setting, err))
	}
	value := strings.TrimSpace(string(content))
	if value == "" {
		return "", exit.Usage(fmt.Errorf("%s_file: the file %s is empty", setting, file))
	}
	return value, nil
}
