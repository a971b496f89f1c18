// Package assert has of github.com/stretchr/testify/assert what tests of single
// functions use.
package assert

import (
	"bytes"
	"math"
	"reflect"
	"testing"
)

type Assertions struct{ t *testing.T }

func New(t *testing.T) *Assertions { return &Assertions{t} }

func same(want, got interface{}) bool {
	a, is := want.([]byte)
	b, too := got.([]byte)
	if is && too && a != nil && b != nil {
		return bytes.Equal(a, b)
	}
	return reflect.DeepEqual(want, got)
}

func (a *Assertions) check(right bool, form string, said ...interface{}) bool {
	a.t.Helper()
	if !right {
		a.t.Errorf(form, said...)
	}
	return right
}

func (a *Assertions) Equal(want, got interface{}, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(same(want, got), "%#v is not %#v", got, want)
}

func (a *Assertions) NotEqual(want, got interface{}, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(!same(want, got), "it is %#v", got)
}

func (a *Assertions) True(value bool, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(value, "it is false")
}

func (a *Assertions) False(value bool, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(!value, "it is true")
}

func (a *Assertions) Nil(value interface{}, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(isNil(value), "%#v is not nil", value)
}

func (a *Assertions) InDelta(want, got, delta float64, _ ...interface{}) bool {
	a.t.Helper()
	return a.check(math.Abs(want-got) <= delta, "%v is not near %v", got, want)
}

func isNil(value interface{}) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Ptr, reflect.Interface, reflect.Slice:
		return v.IsNil()
	}
	return false
}
