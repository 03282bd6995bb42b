package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// An Evaluator works out the literals that provider source is made of. What it cannot work out becomes a node: a call
// ({"$call": name, "args": […], "types": […]}), a name of another module ({"$name": …}), a function ({"$func": …}),
// or {"$unknown": …}. Nothing is guessed.
type Evaluator struct {
	module *Module
	depth  int
}

// A Scope is the local variables of a function, and the file whose imports its names mean.
type Scope struct {
	vars   map[string]any
	parent *Scope
	file   *File
	iota   int
}

// A Closure is a function literal with the variables around it; name is that of the declared function, when it is one.
type Closure struct {
	body   *ast.BlockStmt
	params *ast.FieldList
	scope  *Scope
	name   string
}

type Node = map[string]any

const maxDepth = 60

func unknown(what string) any { return Node{"$unknown": what} }

func isNode(v any) bool {
	m, ok := v.(Node)
	if !ok {
		return false
	}
	for _, key := range []string{"$unknown", "$call", "$name", "$func"} {
		if _, ok := m[key]; ok {
			return true
		}
	}
	return false
}

func (s *Scope) lookup(name string) (any, bool) {
	for scope := s; scope != nil; scope = scope.parent {
		if v, ok := scope.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func (e *Evaluator) eval(expr ast.Expr, scope *Scope, expected ast.Expr) any {
	switch x := expr.(type) {
	case *ast.BasicLit:
		return literal(x)
	case *ast.ParenExpr:
		return e.eval(x.X, scope, expected)
	case *ast.UnaryExpr:
		return e.unary(x, scope, expected)
	case *ast.StarExpr:
		return e.eval(x.X, scope, nil)
	case *ast.Ident:
		return e.ident(x.Name, scope)
	case *ast.SelectorExpr:
		return e.selector(x, scope)
	case *ast.CompositeLit:
		return e.composite(x, scope, expected)
	case *ast.FuncLit:
		return &Closure{x.Body, x.Type.Params, scope, ""}
	case *ast.CallExpr:
		return e.call(x, scope)
	case *ast.BinaryExpr:
		return binary(x.Op, e.eval(x.X, scope, nil), e.eval(x.Y, scope, nil))
	case *ast.IndexExpr:
		return e.index(x, scope)
	case *ast.TypeAssertExpr:
		return e.eval(x.X, scope, nil)
	}
	return unknown(fmt.Sprintf("%T", expr))
}

func literal(x *ast.BasicLit) any {
	switch x.Kind {
	case token.STRING:
		s, _ := strconv.Unquote(x.Value)
		return s
	case token.INT:
		n, _ := strconv.ParseInt(strings.ReplaceAll(x.Value, "_", ""), 0, 64)
		return n
	case token.FLOAT:
		f, _ := strconv.ParseFloat(x.Value, 64)
		return f
	case token.CHAR:
		r, _, _, _ := strconv.UnquoteChar(strings.Trim(x.Value, "'"), '\'')
		return string(r)
	}
	return unknown(x.Value)
}

func (e *Evaluator) unary(x *ast.UnaryExpr, scope *Scope, expected ast.Expr) any {
	if x.Op == token.AND {
		if star, ok := expected.(*ast.StarExpr); ok {
			expected = star.X
		}
		return e.eval(x.X, scope, expected)
	}
	v := e.eval(x.X, scope, nil)
	switch n := v.(type) {
	case int64:
		if x.Op == token.SUB {
			return -n
		}
	case float64:
		if x.Op == token.SUB {
			return -n
		}
	case bool:
		if x.Op == token.NOT {
			return !n
		}
	}
	return unknown(x.Op.String())
}

func (e *Evaluator) ident(name string, scope *Scope) any {
	switch name {
	case "true":
		return true
	case "false":
		return false
	case "nil":
		return nil
	case "iota":
		return int64(scope.iota)
	}
	if v, ok := scope.lookup(name); ok {
		return v
	}
	return e.packageName(scope.file.pkg, name)
}

func (e *Evaluator) packageName(p *Package, name string) any {
	if v := p.values[name]; v != nil && !v.busy && e.depth < maxDepth {
		v.busy = true
		e.depth++
		defer func() { v.busy = false; e.depth-- }()
		return e.eval(v.expr, &Scope{vars: Node{}, file: v.file, iota: v.iota}, v.typ)
	}
	if f := p.funcs[name]; f != nil {
		return &Closure{f.decl.Body, f.decl.Type.Params, &Scope{vars: Node{}, file: f.file}, path.Base(p.path) + "." + name}
	}
	return Node{"$name": path.Base(p.path) + "." + name}
}

func (e *Evaluator) selector(x *ast.SelectorExpr, scope *Scope) any {
	if ident, ok := x.X.(*ast.Ident); ok {
		if _, local := scope.lookup(ident.Name); !local {
			if importPath, ok := scope.file.imports[ident.Name]; ok {
				if p := e.module.Package(importPath); p != nil {
					return e.packageName(p, x.Sel.Name)
				}
				return Node{"$name": shortPath(importPath) + "." + x.Sel.Name}
			}
		}
	}
	if structure, ok := e.eval(x.X, scope, nil).(Node); ok && !isNode(structure) {
		return structure[x.Sel.Name]
	}
	return unknown("." + x.Sel.Name)
}

// shortPath keeps of an import path what tells packages apart: `ec2/types`, `validation`.
func shortPath(importPath string) string {
	if rest, ok := strings.CutPrefix(importPath, "github.com/aws/aws-sdk-go-v2/service/"); ok {
		return rest
	}
	return path.Base(importPath)
}

func (e *Evaluator) index(x *ast.IndexExpr, scope *Scope) any {
	container, key := e.eval(x.X, scope, nil), e.eval(x.Index, scope, nil)
	if m, ok := container.(Node); ok && !isNode(m) {
		if k, ok := key.(string); ok {
			return m[k]
		}
	}
	if list, ok := container.([]any); ok {
		if i, ok := key.(int64); ok && int(i) < len(list) {
			return list[i]
		}
	}
	return unknown("[]")
}

func binary(op token.Token, left, right any) any {
	switch l := left.(type) {
	case string:
		if r, ok := right.(string); ok && op == token.ADD {
			return l + r
		}
	case int64:
		if r, ok := right.(int64); ok {
			switch op {
			case token.ADD:
				return l + r
			case token.SUB:
				return l - r
			case token.MUL:
				return l * r
			case token.QUO:
				if r != 0 {
					return l / r
				}
			case token.SHL:
				return l << r
			}
		}
	}
	return unknown(op.String())
}
