import { expect } from 'chai';
import { FINDING_CODES } from '../../src/model/index.js';
import { judge } from '../../src/validators/index.js';
import { evaluate } from '../helpers/gpu-request.js';
import { CASES, tell } from './cases.js';

for (const code of FINDING_CODES) {
  describe(`finding ${code}`, () => {
    for (const { name, evidence, told } of CASES[code].planted) {
      it(`is told: ${name}`, () => {
        const verdict = judge(evidence(), evaluate);
        expect(tell(verdict)).to.deep.equal(told);
        expect(verdict.findings.map((finding) => finding.code)).to.include(code);
        expect(verdict.outcome).to.equal('fail');
      });
    }
    for (const { name, evidence, told } of CASES[code].clean) {
      it(`is not told: ${name}`, () => {
        const verdict = judge(evidence(), evaluate);
        expect(tell(verdict)).to.deep.equal(told);
        expect(verdict.findings.map((finding) => finding.code)).not.to.include(code);
      });
    }
  });
}
