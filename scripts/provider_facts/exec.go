package main

import (
	"go/ast"
	"go/token"
)

// apply runs a function's body: assignments, loops over what is known, and the return. False when it holds a statement
// whose effect cannot be known.
func (e *Evaluator) apply(c *Closure, args []any) (any, bool) {
	if c.body == nil {
		return nil, false
	}
	e.depth++
	defer func() { e.depth-- }()
	scope := &Scope{vars: Node{}, parent: c.scope, file: c.scope.file}
	bind(scope, c.params, args)
	v, _, ok := e.block(c.body.List, scope)
	return v, ok
}

func bind(scope *Scope, params *ast.FieldList, args []any) {
	i := 0
	for _, field := range params.List {
		for _, name := range field.Names {
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				rest := []any{}
				if i < len(args) {
					rest = args[i:]
				}
				scope.vars[name.Name] = rest
				return
			}
			if i < len(args) {
				scope.vars[name.Name] = args[i]
			} else {
				scope.vars[name.Name] = unknown(name.Name)
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}

// block answers the value returned, whether there was a return, and whether all could be worked out.
func (e *Evaluator) block(statements []ast.Stmt, scope *Scope) (any, bool, bool) {
	for _, statement := range statements {
		v, returned, ok := e.statement(statement, scope)
		if !ok || returned {
			return v, returned, ok
		}
	}
	return nil, false, true
}

func (e *Evaluator) statement(statement ast.Stmt, scope *Scope) (any, bool, bool) {
	switch s := statement.(type) {
	case *ast.ReturnStmt:
		if len(s.Results) == 0 {
			return nil, true, true
		}
		return e.eval(s.Results[0], scope, nil), true, true
	case *ast.AssignStmt:
		return nil, false, e.assign(s, scope)
	case *ast.ExprStmt:
		e.eval(s.X, scope, nil)
	case *ast.DeclStmt:
		e.declare(s, scope)
	case *ast.RangeStmt:
		return e.rangeOver(s, scope)
	case *ast.BlockStmt:
		return e.block(s.List, &Scope{vars: Node{}, parent: scope, file: scope.file})
	case *ast.IfStmt:
		if s.Init != nil {
			e.statement(s.Init, scope)
		}
		if condition, ok := e.eval(s.Cond, scope, nil).(bool); ok {
			if condition {
				return e.statement(s.Body, scope)
			}
			if s.Else != nil {
				return e.statement(s.Else, scope)
			}
		}
		// A condition that is not known: what the branch changes is left out.
	case *ast.DeferStmt, *ast.IncDecStmt, *ast.EmptyStmt:
	case *ast.BranchStmt:
	default:
		return nil, false, false
	}
	return nil, false, true
}

func (e *Evaluator) assign(s *ast.AssignStmt, scope *Scope) bool {
	for i, left := range s.Lhs {
		var v any = unknown("assigned")
		if len(s.Lhs) == len(s.Rhs) {
			v = e.eval(s.Rhs[i], scope, nil)
		} else if len(s.Rhs) == 1 && i == 0 {
			v = e.eval(s.Rhs[0], scope, nil)
		}
		e.set(left, v, s.Tok == token.DEFINE, scope)
	}
	return true
}

func (e *Evaluator) set(left ast.Expr, v any, define bool, scope *Scope) {
	switch target := left.(type) {
	case *ast.Ident:
		if !define {
			for holder := scope; holder != nil; holder = holder.parent {
				if _, ok := holder.vars[target.Name]; ok {
					holder.vars[target.Name] = v
					return
				}
			}
		}
		scope.vars[target.Name] = v
	case *ast.IndexExpr:
		if m, ok := e.eval(target.X, scope, nil).(Node); ok {
			if key, ok := e.eval(target.Index, scope, nil).(string); ok {
				m[key] = v
			}
		}
	case *ast.SelectorExpr:
		if m, ok := e.eval(target.X, scope, nil).(Node); ok {
			m[target.Sel.Name] = v
		}
	}
}

func (e *Evaluator) declare(s *ast.DeclStmt, scope *Scope) {
	decl, ok := s.Decl.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, spec := range decl.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range value.Names {
			scope.vars[name.Name] = nil
			if i < len(value.Values) {
				scope.vars[name.Name] = e.eval(value.Values[i], scope, value.Type)
			} else if _, isMap := value.Type.(*ast.MapType); isMap {
				scope.vars[name.Name] = Node{}
			}
		}
	}
}

func (e *Evaluator) rangeOver(s *ast.RangeStmt, scope *Scope) (any, bool, bool) {
	one := func(key, value any) (any, bool, bool) {
		inner := &Scope{vars: Node{}, parent: scope, file: scope.file}
		if s.Key != nil {
			e.set(s.Key, key, true, inner)
		}
		if s.Value != nil {
			e.set(s.Value, value, true, inner)
		}
		return e.block(s.Body.List, inner)
	}
	switch items := e.eval(s.X, scope, nil).(type) {
	case []any:
		for i, item := range items {
			if v, returned, ok := one(int64(i), item); returned || !ok {
				return v, returned, ok
			}
		}
	case Node:
		if isNode(items) {
			return nil, false, false
		}
		for key, item := range items {
			if v, returned, ok := one(key, item); returned || !ok {
				return v, returned, ok
			}
		}
	}
	return nil, false, true
}
