package borough

// Numbers are dealt from the test range, 999 000 0000 to 999 999 9999, of which none is ever issued (NHS Data
// Dictionary), and beyond it, where the maker asks for that, from 998, 997 ... 990: no issued range of the United Kingdom begins with
// 99, but nobody promises that none ever will. Of the ten prefixes of a block at least nine have a check digit: a slot is the nth valid
// number of a block, so that a number is found without a table and no two slots share one.
const (
	blocks         = 99_999 // the last block of the range holds the sentinel 9999999999 and is left out
	blockStride    = 61_804 // has no divisor in common with blocks: neighbours get numbers far apart
	slotsPerPrefix = blocks * 9
	prefixes       = 10 // 999 down to 990
)

// slotsPerPerson: the true number, and a spare for what is superseded, wrong or somebody else's.
const slotsPerPerson = 2

// nhsNumber is the valid number of a slot, ten digits.
func nhsNumber(seed uint64, slot int) string {
	block := (uint64(slot%blocks)*blockStride + seed%blocks) % blocks
	nth := slot % slotsPerPrefix / blocks
	digits := [10]byte{'9', '9', '9' - byte(slot/slotsPerPrefix)}
	for i := 7; i >= 3; i-- {
		digits[i] = byte('0' + block%10)
		block /= 10
	}
	for last := byte('0'); last <= '9'; last++ {
		digits[8] = last
		check, ok := checkDigit(digits[:9])
		if !ok {
			continue
		}
		if nth == 0 {
			digits[9] = check
			break
		}
		nth--
	}
	return string(digits[:])
}

// checkDigit is the Modulus 11 digit of nine digits; not ok where it would be 10 and no such number exists.
func checkDigit(nine []byte) (digit byte, ok bool) {
	sum := 0
	for i, d := range nine {
		sum += (10 - i) * int(d-'0')
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 0, false
	case 11:
		return '0', true
	default:
		return byte('0' + check), true
	}
}

// mistyped changes one digit after the 999, so that the check digit no longer fits.
func mistyped(number string, c *chunk) string {
	digits := []byte(number)
	i := 3 + c.random.IntN(7)
	digits[i] = '0' + (digits[i]-'0'+byte(1+c.random.IntN(9)))%10
	return string(digits)
}

// transposed changes the places of two neighbours that differ; a number without such is mistyped instead.
func transposed(number string, c *chunk) string {
	digits := []byte(number)
	start := c.random.IntN(6)
	for k := range 6 {
		i := 3 + (start+k)%6
		if digits[i] != digits[i+1] {
			digits[i], digits[i+1] = digits[i+1], digits[i]
			return string(digits)
		}
	}
	return mistyped(number, c)
}
