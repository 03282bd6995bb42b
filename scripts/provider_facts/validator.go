package main

import (
	"go/ast"
	"go/token"
)

// validatorChecks reads a hand-written validator, `func(v any, k string) (ws []string, errors []error)`: the branches
// that append an error on a length or a regular expression. What else it checks is left out.
func (e *Evaluator) validatorChecks(c *Closure) Node {
	if c.body == nil || c.params == nil || c.params.NumFields() != 2 {
		return nil
	}
	checks := Node{"match": []any{}, "unlike": []any{}}
	scope := &Scope{vars: Node{}, parent: c.scope, file: c.scope.file}
	for _, statement := range c.body.List {
		switch s := statement.(type) {
		case *ast.AssignStmt:
			e.assign(s, scope)
		case *ast.IfStmt:
			switch {
			case s.Init == nil && s.Else == nil && appendsError(s.Body):
				e.condition(s.Cond, scope, checks)
			case isEmptiness(s.Cond):
				checks["empty"] = true
			case returns(s.Body):
				// Some values are let through: what follows does not hold for all.
				return worth(checks)
			}
		}
	}
	return worth(checks)
}

func worth(checks Node) Node {
	_, limited := checks["max"]
	_, atLeast := checks["min"]
	if limited || atLeast || len(checks["match"].([]any)) > 0 || len(checks["unlike"].([]any)) > 0 {
		return checks
	}
	return nil
}

// condition adds what makes an error: `len(v) > 32`, `!pattern.MatchString(v)`, or either of two.
func (e *Evaluator) condition(expr ast.Expr, scope *Scope, checks Node) {
	switch x := expr.(type) {
	case *ast.ParenExpr:
		e.condition(x.X, scope, checks)
	case *ast.BinaryExpr:
		if x.Op == token.LOR {
			e.condition(x.X, scope, checks)
			e.condition(x.Y, scope, checks)
			return
		}
		limit, known := e.eval(x.Y, scope, nil).(int64)
		if call, ok := x.X.(*ast.CallExpr); ok && known && typeName(call.Fun) == "len" {
			switch x.Op {
			case token.GTR:
				checks["max"] = limit
			case token.LSS:
				checks["min"] = limit
			}
		}
	case *ast.UnaryExpr:
		if pattern, ok := e.matched(x.X, scope); ok && x.Op == token.NOT {
			checks["match"] = append(checks["match"].([]any), pattern)
		}
	case *ast.CallExpr:
		if pattern, ok := e.matched(x, scope); ok {
			checks["unlike"] = append(checks["unlike"].([]any), pattern)
		}
	}
}

// matched is the pattern of `regexp.MustCompile(pattern).MatchString(value)`.
func (e *Evaluator) matched(expr ast.Expr, scope *Scope) (any, bool) {
	call, ok := expr.(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "MatchString" {
		return nil, false
	}
	compiled, ok := e.eval(selector.X, scope, nil).(Node)
	if !ok {
		return nil, false
	}
	args, _ := compiled["args"].([]any)
	if len(args) == 0 {
		return nil, false
	}
	pattern, ok := args[0].(string)
	return pattern, ok
}

func appendsError(body *ast.BlockStmt) bool {
	for _, statement := range body.List {
		assign, ok := statement.(*ast.AssignStmt)
		if !ok {
			continue
		}
		if call, ok := assign.Rhs[0].(*ast.CallExpr); ok && typeName(call.Fun) == "append" {
			return true
		}
	}
	return false
}

// isEmptiness is `value == ""` or `len(value) == 0`.
func isEmptiness(expr ast.Expr) bool {
	x, ok := expr.(*ast.BinaryExpr)
	if !ok || x.Op != token.EQL {
		return false
	}
	literal, ok := x.Y.(*ast.BasicLit)
	return ok && (literal.Value == `""` || literal.Value == "0")
}

func returns(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.ReturnStmt); ok {
			found = true
		}
		return !found
	})
	return found
}
