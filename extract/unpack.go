package extract

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// A gzip file may unpack to mostPacked times its size, and to freelyUnpacked whatever its size. FHIR exports pack to a tenth or a
// fortieth; a file made to fill the disk packs to a thousandth.
const (
	mostPacked     = 200
	freelyUnpacked = 64 << 20
)

// ErrBomb says that a gzip file unpacks to far more than any extract would.
var ErrBomb = errors.New("unpacks to more than 200 times its size")

// Unpack reads a gzip stream and stops with ErrBomb as soon as it has grown too far.
func Unpack(packed io.Reader) (io.Reader, error) {
	in := &counted{from: packed}
	out, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return &unpacked{out: out, in: in}, nil
}

type counted struct {
	from  io.Reader
	bytes int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.bytes += int64(n)
	return n, err
}

type unpacked struct {
	out         *gzip.Reader
	in          *counted
	bytes, from int64 // unpacked in this stretch of the file, and where the stretch begins in the packed file
}

// Read judges each stretch on its own, since a bomb may lie behind a head like that of any file.
func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.out.Read(p)
	if u.bytes += int64(n); u.bytes <= freelyUnpacked {
		return n, err
	}
	if u.bytes > mostPacked*(u.in.bytes-u.from) {
		return 0, ErrBomb
	}
	u.bytes, u.from = 0, u.in.bytes
	return n, err
}

// sampled is how much of a file CheckPacked unpacks.
const sampled = 24 << 20

// CheckPacked looks at the length that a gzip file names at its end, and at how its first part unpacks. It is for files that
// the engine unpacks by itself, where nothing counts on the way.
func CheckPacked(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var length [4]byte // RFC 1952, 2.3.1: ISIZE, modulo 2^32
	if _, err := file.ReadAt(length[:], max(info.Size()-4, 0)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if info.Size() <= freelyUnpacked>>10 { // gzip packs to a thousandth at best
		return nil
	}
	if said := int64(binary.LittleEndian.Uint32(length[:])); said > freelyUnpacked && said > mostPacked*info.Size() {
		return ErrBomb
	}
	out, err := gzip.NewReader(file)
	if err != nil {
		return nil // whoever reads it says so
	}
	came, _ := io.CopyN(io.Discard, out, sampled) // likewise
	if at, err := file.Seek(0, io.SeekCurrent); err == nil && came == sampled && came > mostPacked*at {
		return ErrBomb
	}
	return nil
}
