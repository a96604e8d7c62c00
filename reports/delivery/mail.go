package delivery

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Mail is how messages leave: over STARTTLS, with a certificate that is verified, or not at all.
type Mail struct {
	Server   string                 // host:port
	From     string                 // address
	User     string                 // empty: the server asks for no password
	Password func() (string, error) // read anew for each message
	CAFile   string                 // PEM of the authority of the server's certificate; empty: those of the system
	Domains  []string               // to which mail may go
	Timeout  time.Duration
}

// MayReceive says whether an address is one that mail may go to: one plain address in one of the domains, and not one below them.
func (m Mail) MayReceive(address string) error {
	local, domain, found := strings.Cut(address, "@")
	isPlain := !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"<>()[],;:\%!`, r) })
	if !found || local == "" || !isPlain || strings.Contains(domain, "@") {
		return errors.New("is not a plain mail address")
	}
	if !slices.ContainsFunc(m.Domains, func(allowed string) bool { return strings.EqualFold(allowed, domain) }) {
		return errors.New("is in none of the domains that mail may go to")
	}
	return nil
}

// Send is a Carrier. The message is the same in every attempt, to the byte.
func (m Mail) Send(ctx context.Context, d Delivery, h Handover, files []string) error {
	if err := m.MayReceive(h.Address); err != nil {
		return refused("the address of %s %v", h.Recipient, err)
	}
	message, err := m.message(d, h, files)
	if err != nil {
		return err
	}
	client, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	err = client.Send(message)
	if message.IsDelivered() { // whatever the server said to what came after
		return nil
	}
	return why(err)
}

// Check connects as a delivery would, and sends nothing.
func (m Mail) Check(ctx context.Context) error {
	client, err := m.dial(ctx)
	if err != nil {
		return err
	}
	return client.Close()
}

func (m Mail) dial(ctx context.Context) (*mail.Client, error) {
	host, port, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	trusted, err := m.authorities()
	if err != nil {
		return nil, err
	}
	options := []mail.Option{
		mail.WithPort(number), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTimeout(m.Timeout), mail.WithHELO("careshare"),
		mail.WithTLSConfig(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: trusted}),
	}
	if m.User != "" {
		password, err := m.Password()
		if err != nil {
			return nil, fmt.Errorf("mail: read the password: %w", err)
		}
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(password))
	}
	client, err := mail.NewClient(host, options...)
	if err != nil {
		return nil, errors.New("mail: the server's address is none")
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, unreachable(err)
	}
	return client, nil
}

func (m Mail) authorities() (*x509.CertPool, error) {
	if m.CAFile == "" {
		return nil, nil
	}
	content, err := os.ReadFile(m.CAFile)
	if err != nil {
		return nil, fmt.Errorf("mail: read ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, errors.New("mail: ca_file holds no certificate")
	}
	return pool, nil
}

// MessageID is stable: of the delivery and the address, under the sender's domain.
func (m Mail) MessageID(delivery, address string) string {
	digest := sha256.Sum256([]byte(delivery + "\x00" + strings.ToLower(address)))
	_, domain, _ := strings.Cut(m.From, "@")
	return delivery + "." + hex.EncodeToString(digest[:8]) + "@" + domain
}

func (m Mail) message(d Delivery, h Handover, files []string) (*mail.Msg, error) {
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(message.From(m.From), message.To(h.Address)); err != nil {
		return nil, refused("the address of %s is none", h.Recipient)
	}
	message.SetMessageIDWithValue(h.MessageID)
	message.SetDateWithValue(d.At)
	message.SetBoundary("careshare-" + sum(h.MessageID))
	message.Subject(d.Subject)
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(mail.TypeTextPlain, words(d, h))
	for _, path := range files {
		i := slices.IndexFunc(d.Files, func(f File) bool { return f.Name == filepath.Base(path) })
		if found, err := hashOf(path); err != nil || i < 0 || found != d.Files[i].SHA256 {
			return nil, refused("a file of the spool is not what its record says")
		}
		message.AttachFile(path)
	}
	return message, nil
}

// why says what became of a message without repeating what the server said, which may name anybody.
func why(err error) error {
	var sent *mail.SendError
	if !errors.As(err, &sent) {
		return errors.New("the connection broke")
	}
	code := sent.ErrorCode()
	isOfTheMessage := slices.Contains([]mail.SendErrReason{mail.ErrSMTPRcptTo, mail.ErrSMTPData, mail.ErrSMTPDataClose}, sent.Reason)
	if code >= 500 && isOfTheMessage {
		return refused("refused by the server with %d (%s)", code, sent.Reason)
	}
	if code > 0 {
		return fmt.Errorf("put off by the server with %d (%s)", code, sent.Reason)
	}
	return fmt.Errorf("the connection broke (%s)", sent.Reason)
}

// unreachable says why there is no safe connection to the server.
func unreachable(err error) error {
	var unknown *tls.CertificateVerificationError
	var network net.Error
	switch {
	case errors.As(err, &unknown):
		return errors.New("the mail server's certificate is not to be trusted")
	case strings.Contains(err.Error(), "STARTTLS"):
		return errors.New("the mail server offers no STARTTLS: nothing is sent without it")
	case errors.As(err, &network):
		return errors.New("the mail server cannot be reached")
	case strings.HasPrefix(err.Error(), "SMTP AUTH"), strings.Contains(err.Error(), "535"):
		return errors.New("the mail server does not take the user or the password")
	}
	return errors.New("the mail server does not answer as it should")
}

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:12])
}

func hashOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), err
}
